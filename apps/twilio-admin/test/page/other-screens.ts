import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

export function otherScreens(): void {
  describe('the other screens', () => {
    it('overview: periods, and errors that lead to their messages', async (t) => {
      const { page } = await openAdmin(t, { hash: '#/', role: 'viewer' })
      const bars = page.getByRole('img', { name: /^Delivery/ })
      await bars.waitFor()
      const few = await bars.locator('rect').count()
      await page.getByRole('link', { name: '7 days' }).click()
      await page.locator('.tabs [aria-current]', { hasText: '7 days' }).waitFor()
      await page
        .getByText(/, \d\d:00/)
        .first()
        .waitFor()
      assert.ok((await bars.locator('rect').count()) > few)
      await page.getByRole('link', { name: /30003/ }).click()
      await page.waitForURL(/#\/messages\?error=30003&since=/)
      await page.locator('.chip', { hasText: 'error 30003' }).click()
      await page.waitForURL((url) => !url.hash.includes('30003'))
    })

    it('overview: a bar leads to the messages of its hour', async (t) => {
      const { page } = await openAdmin(t, { hash: '#/', role: 'viewer' })
      const bars = page.getByRole('img', { name: /^Delivery/ })
      await bars.waitFor()
      const { width = 0 } = (await bars.boundingBox()) ?? {}
      await bars.click({ position: { x: (width * 12.5) / 24, y: 20 } })
      await page.waitForURL(/#\/messages\?since=[^&]+&until=/)
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      const query = new URLSearchParams(new URL(page.url()).hash.split('?')[1])
      const [since = 0, until = 0] = ['since', 'until'].map((n) => Date.parse(query.get(n) ?? ''))
      assert.equal(until - since, 3_600_000)
      const times = await page
        .locator('.table time')
        .evaluateAll((all: { dateTime: string }[]) => all.map((one) => one.dateTime))
      assert.ok(times.length > 0 && times.length < 12)
      for (const at of times) assert.ok(Date.parse(at) >= since && Date.parse(at) < until, at)
      await page.locator('.chip', { hasText: '–' }).click()
      await page.waitForURL((url) => !url.hash.includes('since'))
    })

    it('inbox: a conversation, and an opt-out that is removed after a question', async (t) => {
      const { page, receive, visit } = await openAdmin(t, { hash: '#/inbox', role: 'operator' })
      await receive('C as in yes', '+14155559933')
      await page.locator('.table tbody tr', { hasText: '*33' }).first().click()
      await page.locator('.thread').getByRole('button', { name: 'Reveal' }).last().click()
      await page.locator('.bubble', { hasText: 'C as in yes' }).waitFor()
      await visit('#/inbox/opt-outs')
      const rows = page.getByRole('table', { name: 'Opt-outs' }).locator('tbody tr')
      const count = await rows.count()
      await rows.first().getByRole('button', { name: 'Remove' }).click()
      await page.getByRole('button', { name: 'Remove opt-out' }).click()
      await page.getByText('Removed').waitFor()
      await rows.nth(count - 1).waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByRole('textbox', { name: /^Phone/ }).fill('+14155559944')
      await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
      await rows.filter({ hasText: '*44' }).waitFor()
    })

    it('a phone is forgotten by an admin, after a question', async (t) => {
      const { page, send, deliver, test } = await openAdmin(t, { hash: '#/inbox/opt-outs' })
      const id = await send('to be forgotten', '+14155559966')
      await deliver()
      await page.getByRole('button', { name: 'Forget a phone' }).click()
      await page.getByRole('textbox', { name: /^Phone/ }).fill('+14155559966')
      await page.getByRole('button', { name: 'Forget it' }).click()
      await page.getByText('Forgotten: 1 message, 0 canceled').waitFor()
      assert.equal((await test.app.messages.get(id))?.message.message, '')
    })

    it('queue: workers, and dead letters that are sent again', async (t) => {
      const { page } = await openAdmin(t, { hash: '#/queue' })
      await page.getByRole('heading', { name: 'Workers' }).waitFor()
      await page.getByRole('button', { name: /^Retry all/ }).click()
      await page.getByRole('button', { name: 'Send again' }).click()
      await page.getByText(/messages sent again/).waitFor()
    })

    it('verifications: list, filter and one of them', async (t) => {
      const { page, verify } = await openAdmin(t, { hash: '#/verifications' })
      await verify('+14155559955')
      await page.getByRole('button', { name: 'pending', exact: true }).click()
      await page.locator('.table .badge.info').first().waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      await page.locator('.panel').getByText('1 code sent').waitFor()
    })

    it('API: every operation, and a call that is tried', async (t) => {
      const { page, url, key } = await openAdmin(t, { hash: '#/api' })
      await page.getByRole('link', { name: /Send a message/ }).click()
      const [curl, script] = await page.locator('.command').allInnerTexts()
      assert.match(curl ?? '', new RegExp(`${url}/api/sms/send/`))
      assert.match(script ?? '', /await fetch\("http/)
      await page.getByLabel(/^API key/).fill(key)
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.locator('.answer', { hasText: 'QUEUED' }).waitFor()
      await page
        .getByRole('link', { name: /callback/i })
        .first()
        .click()
      await page.getByText('Only Twilio calls this').waitFor()
    })

    it('settings: values, addresses, and a key that is shown once', async (t) => {
      const { page, url, visit } = await openAdmin(t, { hash: '#/settings' })
      await page.getByText(`${url}/webhooks/sms/twilio/inbound/`).waitFor()
      await visit('#/settings/values')
      await page.getByText('[secret]').first().waitFor()
      await visit('#/settings/keys')
      const name = `program ${Date.now()}`
      await page.getByRole('button', { name: 'New key' }).click()
      await page.getByLabel('Name of the program').fill(name)
      await page.getByRole('button', { name: 'Make key' }).click()
      const key = await page.getByRole('dialog').locator('code').innerText()
      await page.getByRole('button', { name: 'I have it' }).click()
      const row = page.locator('.table tr', { hasText: name })
      await row.waitFor()
      assert.equal(await page.getByText(key).count(), 0)
      await row.getByRole('button', { name: 'Revoke' }).click()
      await page.getByRole('button', { name: 'Revoke key' }).click()
      await row.getByText('revoked').waitFor()
    })
  })

  describe('every list', () => {
    it('says what to do while it is empty', async (t) => {
      const { page, visit } = await openAdmin(t, { world: 'empty' })
      await page.getByText('No messages yet').waitFor()
      await page.getByRole('button', { name: 'Copy line that sends a message' }).waitFor()
      for (const [hash, words] of [
        ['#/overview', 'Nothing sent in this period'],
        ['#/verifications', 'No verifications yet'],
        ['#/inbox', 'Nobody has written yet'],
        ['#/inbox/opt-outs', 'Nobody has opted out'],
      ] as const) {
        await visit(hash)
        await page.getByText(words).waitFor()
      }
    })

    it('keeps what it knew when reading fails, and tries again when told', async (t) => {
      const { page } = await openAdmin(t)
      const rows = page.locator('.table tbody tr')
      await rows.first().waitFor()
      let isBroken = true
      await page.route('**/admin/api/**', async (route) =>
        isBroken
          ? route.fulfill({ status: 503, body: '{"title":"The database is away."}' })
          : route.continue(),
      )
      // Both ways of the switch: connecting again is what fails, and makes the page read again.
      await page.getByRole('button', { name: 'Live', exact: true }).click()
      await page.getByRole('button', { name: 'Paused', exact: true }).click()
      await page.getByText('The database is away. What you see may be old.').waitFor()
      assert.equal(await rows.count(), 50)
      isBroken = false
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('alert').waitFor({ state: 'detached' })
    })
  })
}
