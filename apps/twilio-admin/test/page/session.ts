import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import { startServer } from '../world/server.ts'
import { openAdmin, openServer, signIn } from './desk.ts'

export function session(): void {
  describe('signing in', () => {
    it('refuses a wrong password, and leads to where one wanted to be', async (t) => {
      const { url } = await openServer()
      const { page, sins } = await openPage(t, `${url}/admin/#/queue`)
      await signIn(page, 'viewer', 'a guess')
      await page.getByRole('alert').waitFor()
      await signIn(page, 'viewer')
      await page.getByRole('heading', { name: 'Queue' }).waitFor()
      assert.deepEqual(sins, [])
    })

    it('is kept over a reload, and ended by signing out', async (t) => {
      const { page } = await openAdmin(t, { isFresh: true })
      await page.reload()
      await page.getByRole('heading', { name: 'Messages' }).waitFor()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    })

    it('is asked for again when the session has ended, on the same page', async (t) => {
      const { page } = await openAdmin(t, {
        hash: '#/messages?status=UNDELIVERED',
      })
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'queued', exact: true }).click()
      await page.getByText('Your session has ended.').waitFor()
      await signIn(page, 'admin')
      await page.getByRole('button', { name: 'queued', exact: true, pressed: true }).waitFor()
    })
  })

  describe('a host that says who one is', () => {
    it('needs no form: one is in, or told why not', async (t) => {
      const { url } = await startServer(t, {
        isFull: false,
        hasAccounts: false,
        admin: {
          authorize: ({ headers }) =>
            headers['cookie'] === 'shop=bert' ? { id: 'bert', role: 'operator' } : undefined,
        },
      })
      const { page } = await openPage(t, `${url}/admin/`)
      await page.getByText('The host does not let you in.').waitFor()
      assert.equal(await page.locator('form').count(), 0)
      await page.context().addCookies([{ name: 'shop', value: 'bert', url }])
      await page.reload()
      await page.locator('.who', { hasText: 'bert' }).waitFor()
      assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0)
    })

    it('is this machine’s for who develops on it', async (t) => {
      const { url } = await startServer(t, { isFull: false, hasAccounts: false })
      const { page } = await openPage(t, `${url}/admin/`)
      await page.locator('.who', { hasText: 'local' }).waitFor()
      await page.locator('.place.simulator').waitFor()
    })
  })

  describe('roles', () => {
    it('hide what is not allowed', async (t) => {
      const { page, visit } = await openAdmin(t, {
        role: 'viewer',
        hash: '#/messages?status=UNDELIVERED',
      })
      await page.locator('.table tbody tr').first().click()
      await page.locator('.timeline').waitFor()
      const acts = ['Resend', 'Redact', 'Reveal', 'Export', 'Send', 'Retry', 'Remove', 'Add']
      const hidden = [...acts, 'Forget a phone', 'API keys']
      const found = async () => {
        const shown: string[] = []
        for (const name of hidden)
          if ((await page.getByRole('button', { name, exact: true }).count()) > 0) shown.push(name)
        return shown
      }
      assert.deepEqual(await found(), [])
      for (const hash of ['#/queue', '#/inbox/opt-outs', '#/settings']) {
        await visit(hash)
        assert.deepEqual(await found(), [], hash)
      }
      assert.equal(await page.getByRole('link', { name: 'API keys' }).count(), 0)
    })
  })
}
