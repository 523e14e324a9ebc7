import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import { openAdmin, openDesk, signIn } from './desk.ts'

export function session(): void {
  describe('signing in', () => {
    it('refuses a wrong password, and leads to where one wanted to be', async (t) => {
      const desk = await openDesk()
      const { page, sins } = await openPage(t, `${desk.url}/admin/#/queue`)
      await signIn(page, desk.names.viewer, 'a guess')
      await page.getByRole('alert').waitFor()
      await signIn(page, desk.names.viewer, desk.password)
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
      const { page, names, password } = await openAdmin(t, {
        hash: '#/messages?status=UNDELIVERED',
      })
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      await page.context().clearCookies()
      await page.getByRole('button', { name: 'queued', exact: true }).click()
      await page.getByText('Your session has ended.').waitFor()
      await signIn(page, names.admin, password)
      await page.getByRole('button', { name: 'queued', exact: true, pressed: true }).waitFor()
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
      const hidden = ['Resend', 'Redact', 'Reveal', 'Export', 'Retry', 'Remove', 'Add', 'API keys']
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
