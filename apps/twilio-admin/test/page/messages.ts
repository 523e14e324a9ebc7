import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

export function messages(): void {
  describe('the list of messages', () => {
    it('is narrowed by what stands in the address, and cleared', async (t) => {
      const { page, send, deliver } = await openAdmin(t)
      await send('gone astray')
      await deliver('undelivered')
      await page.getByRole('button', { name: 'undelivered', exact: true }).click()
      const badges = page.locator('.table tbody .badge')
      await page.waitForURL(/status=UNDELIVERED/)
      await page.locator('.table tbody .badge.bad').first().waitFor()
      assert.deepEqual([...new Set(await badges.allInnerTexts())], ['undelivered'])
      await page.reload()
      await page.getByRole('button', { name: 'undelivered', exact: true, pressed: true }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('no such text')
      await page.getByText('Nothing fits these filters').waitFor({ timeout: 30_000 })
      await page.locator('.empty').getByRole('button', { name: 'Clear' }).click()
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      assert.equal(new URL(page.url()).hash, '#/messages')
    })

    it('finds a phone by its end', async (t) => {
      const { page, send } = await openAdmin(t)
      await send('Hello', '+14155552299')
      await page.getByRole('searchbox').fill('2299')
      await page.waitForURL(/q=2299/)
      const rows = page.locator('.table tbody tr')
      await rows.nth(1).waitFor({ state: 'detached' })
      await rows.filter({ hasText: '*99' }).waitFor()
      assert.equal(await rows.count(), 1)
    })

    it('shows what arrives without being asked, unless it is paused', async (t) => {
      const { page, send, deliver } = await openAdmin(t)
      const asked = new Set<object>()
      page.on('request', (one) => one.url().includes('/messages/?') && asked.add(one))
      page.on('requestfinished', (one) => asked.delete(one))
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      const first = page.locator('.table tbody tr').first()
      await send('Hello', '+14155552233')
      await first.filter({ hasText: '*33' }).filter({ hasText: 'queued' }).waitFor()
      await deliver()
      await first.filter({ hasText: 'delivered' }).waitFor()
      await page.getByRole('button', { name: 'Live', exact: true }).click()
      await page.getByRole('button', { name: 'Paused' }).waitFor()
      // What was asked before is still answered.
      while (asked.size > 0) await page.waitForEvent('requestfinished')
      await send('Hello', '+14155552244')
      await page.getByRole('searchbox').focus()
      assert.equal(await first.filter({ hasText: '*44' }).count(), 0)
      await page.getByRole('button', { name: 'Paused' }).click()
      await first.filter({ hasText: '*44' }).waitFor()
    })

    it('keeps the focus on its row while others arrive', async (t) => {
      const { page, send } = await openAdmin(t)
      await page.getByRole('table', { name: 'Messages' }).waitFor()
      for (const key of ['j', 'j', 'k', 'j']) await page.keyboard.press(key)
      const focused = async () => page.evaluate('document.activeElement.innerText')
      const before = await focused()
      await send('Hello', '+33155552255')
      await page.locator('.table tbody tr').first().filter({ hasText: '+3315' }).waitFor()
      assert.equal(await focused(), before)
      await page.keyboard.press('Enter')
      await page.locator('.panel .timeline').waitFor()
      assert.equal(await page.evaluate('document.activeElement.ariaCurrent'), 'true')
      await page.keyboard.press('Escape')
      await page.locator('.panel').waitFor({ state: 'detached' })
    })

    it('goes on to older ones and back', async (t) => {
      const { page } = await openAdmin(t)
      const first = page.locator('.table tbody tr').first()
      const newest = await first.innerText()
      await page.getByRole('button', { name: 'Older' }).click()
      await page.getByText(/older ones/).waitFor()
      assert.notEqual(await first.innerText(), newest)
      assert.equal(await page.getByRole('button', { name: 'Live', exact: true }).count(), 0)
      await page.getByRole('button', { name: 'Newer' }).click()
      await page.getByText('The newest 50').waitFor()
      assert.match(page.url(), /#\/messages$/)
    })

    it('is exported as it is narrowed', async (t) => {
      const { page } = await openAdmin(t, { hash: '#/messages?status=UNDELIVERED' })
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export' }).click(),
      ])
      assert.match(download.suggestedFilename(), /^messages-\d{4}-\d\d-\d\d\.csv$/)
    })
  })

  describe('a message by hand', () => {
    it('is sent, or refused in words that stand in the form', async (t) => {
      const { page, deliver } = await openAdmin(t, { role: 'operator' })
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      const form = page.getByRole('dialog', { name: 'Send a message' })
      await form.getByLabel(/^Phone/).fill('12')
      await form.getByLabel('Text').fill('typed by hand')
      await form.getByRole('button', { name: 'Send' }).click()
      await form
        .getByRole('alert')
        .getByText(/E\.164/)
        .waitFor()
      await form.getByLabel(/^Phone/).fill('+14155552288')
      await form.getByRole('button', { name: 'Send' }).click()
      await form.waitFor({ state: 'detached' })
      await page.locator('.panel h3', { hasText: '*88' }).waitFor()
      await deliver()
      await page.locator('.panel .badge', { hasText: 'delivered' }).waitFor()
    })
  })

  describe('one message', () => {
    it('has a timeline that grows, with sources and gaps', async (t) => {
      const { page, send, deliver, visit } = await openAdmin(t)
      const id = await send('Hello')
      await visit(`#/messages/${id}`)
      const steps = page.locator('.timeline li')
      await steps.first().waitFor()
      const few = await steps.count()
      await deliver('undelivered')
      await page.locator('.timeline b', { hasText: 'undelivered' }).waitFor()
      assert.ok((await steps.count()) > few)
      await page.locator('.timeline').getByText('Twilio told us').first().waitFor()
      assert.match(await steps.last().locator('time').innerText(), /^\+\d/)
      await page.getByRole('note').getByText('30003').waitFor()
    })

    it('shows the callbacks that were refused', async (t) => {
      const { page, test, send, deliver, visit } = await openAdmin(t, { role: 'viewer' })
      test.twilio.behave({ kind: 'wrong-signature', times: 1 })
      const id = await send('forged')
      await deliver()
      await visit(`#/messages/${id}`)
      const refused = page.locator('.timeline .noted', { hasText: 'wrong signature' }).first()
      await refused.getByText(/auth token|address/i).waitFor()
    })

    it('is revealed, sent again by r, and redacted', async (t) => {
      const { page, send, deliver, visit } = await openAdmin(t)
      const id = await send('the words of it', '+14155552266')
      await deliver()
      await visit(`#/messages/${id}`)
      assert.equal(await page.getByText('the words of it').count(), 0)
      assert.equal(await page.getByText('+14155552266').count(), 0)
      await page.getByRole('button', { name: 'Reveal' }).click()
      await page.locator('.bubble', { hasText: 'the words of it' }).waitFor()
      await page.getByRole('heading', { name: '+14155552266' }).waitFor()
      await page.keyboard.press('r')
      await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click()
      await page.getByText('Sent again as').waitFor()
      await page.getByRole('button', { name: 'Redact' }).click()
      await page.getByRole('button', { name: 'Delete text' }).click()
      await page.getByText('The text is deleted').waitFor()
      assert.equal(await page.getByText('the words of it').count(), 0)
    })

    it('is canceled while it waits, after a question', async (t) => {
      const { page, send, visit } = await openAdmin(t, { role: 'operator' })
      await visit(`#/messages/${await send('too early')}`)
      await page.locator('.panel .actions').getByRole('button', { name: 'Cancel' }).click()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.locator('.panel .actions').getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('button', { name: 'Cancel message' }).click()
      await page.locator('.panel .badge', { hasText: 'canceled' }).waitFor()
      await page.getByRole('button', { name: 'Resend' }).waitFor()
    })

    it('says so when there is none', async (t) => {
      const { page, visit } = await openAdmin(t)
      await visit('#/messages/01a203fc-0000-7000-8635-3007e328d8eb')
      await page.locator('.panel').getByRole('alert').waitFor()
    })
  })
}
