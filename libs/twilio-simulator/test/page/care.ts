import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { assertFits, findBarriers } from '@hsb/twilio-pages/browser'
import { openPhones, phone } from './page-desk.ts'
import type { PhonePage } from './page-desk.ts'

// Not looked at by any test, but by people.
const shots = new URL('../../../../screenshots/', import.meta.url)
mkdirSync(shots, { recursive: true })

async function live({ page, send, simulator }: PhonePage): Promise<void> {
  await send('Your parcel comes tomorrow.', { To: '+33612345678' })
  await send(
    'Your table for two is booked for Friday at 19:30. Reply C to confirm or STOP to opt out.',
  )
  await simulator.reply({ from: phone, body: 'C' })
  simulator.behave({ kind: 'undelivered', code: 30003 })
  await send('See you on Friday!')
  await send('Your code is 482913. It is good for 10 minutes; do not share it.')
  await page.getByRole('button', { name: 'Copy 482913' }).waitFor()
}

export function care(): void {
  describe('the page', () => {
    for (const [name, browser] of Object.entries({
      light: { colorScheme: 'light' },
      dark: { colorScheme: 'dark' },
      narrow: { viewport: { width: 320, height: 720 } },
    } as const)) {
      it(`has no barriers and fits: ${name}`, async (t) => {
        const desk = await openPhones(t, { browser, hash: `#/${phone}` })
        const { page, sins } = desk
        const shoot = async (what: string) =>
          page.screenshot({
            path: new URL(`phone-${name}${what}.png`, shots).pathname,
            fullPage: true,
          })
        await page.getByText('No requests yet').waitFor()
        assert.deepEqual(await findBarriers(page), [])
        await assertFits(page)
        await shoot('-empty')
        await live(desk)
        await page.getByRole('table', { name: 'Requests' }).locator('tbody tr').nth(1).click()
        await page.locator('.request-detail').waitFor()
        assert.deepEqual(await findBarriers(page), [])
        await assertFits(page)
        await shoot('')
        await page.getByRole('button', { name: 'New phone' }).click()
        assert.deepEqual(await findBarriers(page), [])
        assert.deepEqual(sins, [])
      })
    }

    it('says that the server has gone, keeps what it knew, and finds it again', async (t) => {
      const desk = await openPhones(t)
      const { page, send } = desk
      await send('before')
      await page.locator('.bubble', { hasText: 'before' }).waitFor()
      await page.context().setOffline(true)
      await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
      await page.getByRole('switch', { name: 'API is slow' }).click()
      await page.getByText('The server cannot be reached.').first().waitFor()
      assert.equal(await page.locator('.bubble').count(), 1)
      await page.context().setOffline(false)
      await send('after')
      await page.locator('.bubble', { hasText: 'after' }).waitFor()
      await page.getByRole('alert').waitFor({ state: 'detached' })
    })

    it('says so when nothing could be read, and tries again when told', async (t) => {
      const { page, url } = await openPhones(t)
      let isBroken = true
      await page.route('**/_simulator/**', async (route) => {
        // Without events nothing but the button makes the page read again.
        if (route.request().url().endsWith('/events')) return
        if (isBroken) await route.fulfill({ status: 503, body: '' })
        else await route.continue()
      })
      await page.goto(`${url}/phones/?again`)
      await page.getByText('The server answered 503.').first().waitFor()
      isBroken = false
      await page.getByRole('button', { name: 'Try again' }).first().click()
      await page.getByText('No phones yet').waitFor()
    })

    it('is walked by Tab from the skip link to the last button, seen where it is', async (t) => {
      const desk = await openPhones(t)
      await live(desk)
      const { page } = desk
      const met = new Set<string>()
      for (let step = 0; step < 40; step++) {
        await page.keyboard.press('Tab')
        const [name, outline] = String(
          await page.evaluate(`(() => {
          const one = document.activeElement
          const shown = one.closest('.write') ?? one
          const name = one.getAttribute('aria-label') ?? one.innerText
          return [name, getComputedStyle(shown).outlineStyle].join('|')
        })()`),
        ).split('|')
        if (name === undefined || outline === 'none')
          assert.equal(step > 20 || met.has('x'), true, name)
        met.add(String(name).split('\n')[0] ?? '')
      }
      const wanted = ['To the content', 'Reset', 'New phone', 'Copy 482913', 'STOP', 'is', '+1 min']
      assert.deepEqual(
        wanted.filter((name) => !met.has(name)),
        [],
      )
    })

    it('keeps the theme that was chosen', async (t) => {
      const { page } = await openPhones(t, { browser: { colorScheme: 'light' } })
      const colour = async () => page.evaluate('getComputedStyle(document.body).backgroundColor')
      const light = await colour()
      await page.getByRole('button', { name: /^Theme: As the system/ }).click()
      await page.getByRole('button', { name: /^Theme: Light/ }).click()
      const dark = await colour()
      assert.notEqual(dark, light)
      await page.reload()
      await page.getByRole('button', { name: /^Theme: Dark/ }).waitFor()
      assert.equal(await colour(), dark)
    })

    it('holds a connection only while it can be seen', async (t) => {
      const { page, simulator } = await openPhones(t)
      await page.getByText('No phones yet').waitFor()
      const show = async (state: 'hidden' | 'visible') =>
        page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))`)
      const gone = page.waitForEvent('requestfailed', (request) =>
        request.url().endsWith('/events'),
      )
      await show('hidden')
      await gone
      await simulator.reply({ from: phone, body: 'while hidden' })
      await show('visible')
      await page.locator('.bubble', { hasText: 'while hidden' }).waitFor()
    })

    it('is small', async (t) => {
      const { url } = await openPhones(t)
      const size = async (name: string) =>
        gzipSync(await (await fetch(`${url}/phones/${name}`)).text()).length
      const [js, css] = [await size('app.js'), await size('app.css')]
      t.diagnostic(`app.js ${js} B, app.css ${css} B, gzipped`)
      assert.ok(js <= 30_000 && css <= 6000, `${js} ${css}`)
    })
  })
}
