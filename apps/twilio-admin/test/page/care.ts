import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { assertFits, findBarriers } from '@hsb/twilio-pages/browser'
import { openFakeAdmin } from './desk.ts'
import type { AdminPage } from './desk.ts'

// Not looked at by any test, but by people.
const shots = new URL('../../../../screenshots/', import.meta.url)
mkdirSync(shots, { recursive: true })

const alike = ['week', 'messages', 'verifications', 'opt-outs', 'values', 'keys', 'audit']
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

/** The picture of the README, from a full list. */
async function portrait(page: AdminPage['page']): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 760 })
  await page.mouse.move(0, 0)
  await shoot(page, 'portrait')
  await page.setViewportSize({ width: 1440, height: 900 })
}

export function care(): void {
  describe('every screen', () => {
    it('has no barriers, light and dark', async (t) => {
      const admin = await openFakeAdmin(t, { browser: { colorScheme: 'light' } })
      const { page, sins } = admin
      await tour(admin, async (what) => {
        assert.deepEqual(await findBarriers(page), [], what)
        await shoot(page, `${what}-light`)
        if (what === 'message') await portrait(page)
        await page.emulateMedia({ colorScheme: 'dark' })
        // Lists look alike: in the dark those that have something of their own are enough.
        if (!alike.includes(what)) assert.deepEqual(await findBarriers(page, 'colours'), [], what)
        await shoot(page, `${what}-dark`)
        await page.emulateMedia({ colorScheme: 'light' })
      })
      assert.deepEqual(sins, [])
    })

    it('fits on 320 px', async (t) => {
      const admin = await openFakeAdmin(t, { browser: { viewport: { width: 320, height: 720 } } })
      await tour(admin, async (what) => {
        await shoot(admin.page, `${what}-narrow`)
        await assertFits(admin.page)
        if (what === 'messages') assert.deepEqual(await findBarriers(admin.page), [])
      })
    })

    it('is walked by Tab, and the focus is seen', async (t) => {
      const { page } = await openFakeAdmin(t)
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      const met = new Set<string>()
      for (let step = 0; step < 45; step++) {
        await page.keyboard.press('Tab')
        const [name = '', outline] = String(
          await page.evaluate(`(() => {
            const one = document.activeElement
            if (one === document.body) return '|'
            const label = one.parentElement.matches('label') ? one.parentElement.innerText : ''
            const name = one.ariaLabel ?? (label || one.innerText || one.placeholder)
            const shown = one.closest('.day') ?? one
            return [name, getComputedStyle(shown).outlineStyle].join('|')
          })()`),
        ).split('|')
        if (outline === 'none') assert.equal(name, '', 'focus that is not seen')
        met.add(name.trim().split('\n')[0] ?? '')
      }
      const wanted = ['To the content', 'Overview', 'Settings', 'Sign out', 'Live', 'Export']
      const more = ['Phone, text or ID', 'From', 'direction', 'delivered', 'Older']
      assert.deepEqual(
        [...wanted, ...more].filter((name) => !met.has(name)),
        [],
      )
    })
  })
}

async function tour(
  { page, visit, send, deliver }: AdminPage,
  look: (what: string) => Promise<void>,
): Promise<void> {
  const id = await send('Reminder: your appointment is on Friday at 14:30.')
  await deliver('undelivered')
  for (const [what, hash] of Object.entries(screens)) {
    await visit(hash.replace('{id}', id))
    if (what === 'message') {
      await page.getByRole('button', { name: 'Reveal' }).click()
      await page.locator('.bubble:not(.covered)').waitFor()
    }
    if (what === 'inbox') {
      await page.locator('.table tbody tr').first().click()
      await page.locator('.thread').waitFor()
    }
    await look(what)
  }
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await look('help')
  await page.keyboard.press('Escape')
  await page.context().clearCookies()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await look('sign-in')
}

async function shoot(page: AdminPage['page'], name: string): Promise<void> {
  await page.screenshot({ path: new URL(`admin-${name}.png`, shots).pathname })
}
