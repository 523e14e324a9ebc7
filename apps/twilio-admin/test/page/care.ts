import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { assertFits, findBarriers } from '@hsb/twilio-pages/browser'
import { openAdmin } from './desk.ts'

// Not looked at by any test, but by people.
const shots = new URL('../../../../screenshots/', import.meta.url)
mkdirSync(shots, { recursive: true })

const screens = {
  overview: '#/overview',
  week: '#/overview?range=7d',
  messages: '#/messages',
  message: '#/messages/{id}',
  verifications: '#/verifications',
  verification: '#/verifications/01a203fd-0002-7000-8635-3007e328d8ea',
  inbox: '#/inbox',
  'opt-outs': '#/inbox/opt-outs',
  queue: '#/queue',
  api: '#/api/sendMessage',
  settings: '#/settings',
  values: '#/settings/values',
  keys: '#/settings/keys',
  audit: '#/settings/audit',
} as const

export function care(): void {
  describe('every screen', () => {
    for (const [name, browser] of Object.entries({
      light: { colorScheme: 'light' },
      dark: { colorScheme: 'dark' },
      narrow: { viewport: { width: 320, height: 720 } },
    } as const)) {
      it(`has no barriers and fits: ${name}`, async (t) => {
        const admin = await openAdmin(t, { browser })
        const { page, sins, visit, send, deliver } = admin
        const id = await send('Reminder: your appointment is on Friday at 14:30.')
        await deliver('undelivered')
        const shoot = async (what: string) =>
          page.screenshot({ path: new URL(`admin-${what}-${name}.png`, shots).pathname })
        for (const [what, hash] of Object.entries(screens)) {
          await visit(hash.replace('{id}', id))
          if (what === 'message') await page.getByRole('button', { name: 'Reveal' }).click()
          if (what === 'inbox') await page.locator('.table tbody tr').first().click()
          await page.locator('.skeleton').waitFor({ state: 'detached' })
          assert.deepEqual(await findBarriers(page), [], what)
          await assertFits(page)
          await shoot(what)
        }
        await page.keyboard.press('?')
        await page.getByRole('dialog', { name: 'Keys' }).waitFor()
        assert.deepEqual(await findBarriers(page), [])
        await page.keyboard.press('Escape')
        await page.context().clearCookies()
        await page.reload()
        await page.getByRole('heading', { name: 'Sign in' }).waitFor()
        assert.deepEqual(await findBarriers(page), [])
        await shoot('sign-in')
        assert.deepEqual(sins, [])
      })
    }

    it('is walked by Tab, and the focus is seen', async (t) => {
      const { page } = await openAdmin(t)
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      const met = new Set<string>()
      for (let step = 0; step < 45; step++) {
        await page.keyboard.press('Tab')
        const [name = '', outline] = String(
          await page.evaluate(`(() => {
            const one = document.activeElement
            const name = one.getAttribute('aria-label') ?? (one.innerText || one.placeholder)
            return [name, getComputedStyle(one).outlineStyle].join('|')
          })()`),
        ).split('|')
        if (outline === 'none') assert.equal(name, '', 'focus that is not seen')
        met.add(name.trim().split('\n')[0] ?? '')
      }
      const wanted = ['To the content', 'Overview', 'Settings', 'Sign out', 'Live', 'Export']
      const more = ['Phone, text or ID', 'direction', 'delivered', 'Older']
      assert.deepEqual(
        [...wanted, ...more].filter((name) => !met.has(name)),
        [],
      )
    })
  })
}
