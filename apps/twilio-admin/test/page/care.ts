import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { assertFits, findBarriers } from '@hsb/twilio-pages/browser'
import { openAdmin } from './desk.ts'
import type { AdminPage } from './desk.ts'

// Not looked at by any test, but by people.
const shots = new URL('../../../../screenshots/', import.meta.url)
mkdirSync(shots, { recursive: true })

const screens = {
  overview: '#/overview',
  week: '#/overview?range=7d',
  messages: '#/messages',
  message: '#/messages?status=UNDELIVERED',
  refused: '#/messages?q=0671',
  verifications: '#/verifications',
  verification: '#/verifications?status=approved',
  inbox: '#/inbox',
  'opt-outs': '#/inbox/opt-outs',
  queue: '#/queue',
  api: '#/api/sendMessage',
  settings: '#/settings',
  values: '#/settings/values',
  keys: '#/settings/keys',
  audit: '#/settings/audit',
} as const
/** Where the first row is opened. */
const opened = ['message', 'refused', 'verification', 'inbox']
// Lists look alike: in the dark those that have something of their own are enough.
const alike = [
  'week',
  'messages',
  'refused',
  'verifications',
  'opt-outs',
  'values',
  'keys',
  'audit',
]

const world = 'looked-at'

export function care(): void {
  describe('every screen', () => {
    it('has no barriers, light and dark', async (t) => {
      const admin = await openAdmin(t, { world, browser: { colorScheme: 'light' } })
      await tour(admin, 'wide', async (what, scheme) => {
        if (scheme === 'light') assert.deepEqual(await findBarriers(admin.page), [], what)
        else if (!alike.includes(what))
          assert.deepEqual(await findBarriers(admin.page, 'colours'), [], what)
      })
      assert.deepEqual(admin.sins, [])
    })

    it('fits on 320 px', async (t) => {
      const viewport = { width: 320, height: 720 }
      const admin = await openAdmin(t, { world, browser: { viewport, colorScheme: 'light' } })
      await tour(admin, 'narrow', async (what, scheme) => {
        if (scheme === 'dark') return
        await assertFits(admin.page)
        if (what === 'messages') assert.deepEqual(await findBarriers(admin.page), [])
      })
    })

    it('is walked by Tab, and the focus is seen', async (t) => {
      const { page } = await openAdmin(t, { world })
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
      const wanted = [
        'To the content',
        'Overview',
        'Settings',
        'Sign out',
        'Live',
        'Export',
        'Send',
      ]
      const more = ['Phone, text or ID', 'From', 'direction', 'delivered', 'Older']
      assert.deepEqual(
        [...wanted, ...more].filter((name) => !met.has(name)),
        [],
      )
    })
  })
}

/** Every screen, in the light and in the dark; kept as a picture of each. */
async function tour(
  { page, visit }: AdminPage,
  size: 'wide' | 'narrow',
  look: (what: string, scheme: 'light' | 'dark') => Promise<void>,
): Promise<void> {
  const lookAt = async (what: string) => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      await look(what, scheme)
      const name = `admin-${what}-${size}-${scheme}.png`
      await page.screenshot({ path: new URL(name, shots).pathname })
    }
    await page.emulateMedia({ colorScheme: 'light' })
  }
  for (const [what, hash] of Object.entries(screens)) {
    await visit(hash)
    if (opened.includes(what)) {
      await page.locator('.table tbody tr').first().click()
      await page.locator('.panel .timeline, .panel .thread').waitFor()
    }
    if (what === 'message') {
      await page.getByRole('button', { name: 'Reveal' }).click()
      await page.locator('.bubble:not(.covered)').waitFor()
    }
    await lookAt(what)
  }
  await visit('#/messages')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('dialog', { name: 'Send a message' }).waitFor()
  await lookAt('send')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await lookAt('help')
  await page.keyboard.press('Escape')
  await page.context().clearCookies()
  await page.reload()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await lookAt('sign-in')
}
