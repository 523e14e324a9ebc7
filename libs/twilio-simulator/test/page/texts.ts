import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPhones, other, phone } from './page-desk.ts'

export function texts(): void {
  describe('texts', () => {
    it('says what to do while there are none, with a line that works', async (t) => {
      const { page, simulator } = await openPhones(t)
      await page.getByText('No phones yet').waitFor()
      const line = await page.locator('.command code').innerText()
      assert.match(line, /^curl http.*Messages\.json/)
      assert.ok(line.includes(`${simulator.accountSid}:${simulator.authToken}`))
    })

    it('arrive live, and are counted as unread where nobody looks', async (t) => {
      const { page, send, bubbles } = await openPhones(t, { hash: `#/${phone}` })
      await page.getByRole('heading', { name: phone }).waitFor()
      await send('first')
      await page.locator('.bubble', { hasText: 'first' }).waitFor()
      await page.locator('.badge', { hasText: 'delivered' }).waitFor()
      await send('for somebody else', { To: other })
      await send('and again', { To: other })
      const row = page.getByRole('link', { name: other })
      await row.locator('.unread', { hasText: '2' }).waitFor()
      assert.equal(await page.title(), '(2) Phones')
      assert.deepEqual(await bubbles(), ['first'])
      await row.click()
      await page.locator('.bubble', { hasText: 'and again' }).waitFor()
      await row.locator('.unread').waitFor({ state: 'detached' })
      await page.reload()
      await page.locator('.bubble', { hasText: 'and again' }).waitFor()
      assert.equal(await page.locator('.unread').count(), 0, 'what was read stays read')
    })

    it('that never came look like it, with their code', async (t) => {
      const { page, simulator, send } = await openPhones(t)
      simulator.behave({ kind: 'undelivered', code: 30006 })
      await send('lost on the way')
      await page.locator('.bubble.gone', { hasText: 'lost on the way' }).waitFor()
      await page.locator('.bubble-foot', { hasText: 'undelivered' }).getByText('30006').waitFor()
      assert.equal(await page.locator('.unread').count(), 0)
    })

    it('give away their code by one click', async (t) => {
      const browser = { permissions: ['clipboard-read', 'clipboard-write'] }
      const { page, send } = await openPhones(t, { browser })
      await send('Order 77 is paid. Your code is 482913')
      await page.getByRole('button', { name: 'Copy 482913' }).click()
      await page.getByText('Copied: code 482913').waitFor()
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), '482913')
    })

    it('show the code selected where the clipboard is closed', async (t) => {
      const { page, send } = await openPhones(t)
      await page.evaluate('delete Navigator.prototype.clipboard')
      await send('Your code is 482913')
      await page.getByRole('button', { name: 'Copy 482913' }).click()
      const field = page.getByRole('textbox', { name: 'code 482913' })
      await field.waitFor()
      assert.equal(await page.evaluate('getSelection().toString()'), '482913')
    })
  })

  describe('replies', () => {
    it('are posted to the webhook, signed, and say what it answered', async (t) => {
      const { page, received } = await openPhones(t, {
        hash: `#/${phone}`,
        inboundUrl: 'https://app.example/inbound',
      })
      await page.getByRole('textbox', { name: `Reply as ${phone}` }).fill('When?')
      await page.keyboard.press('Enter')
      await page.locator('.inbound .bubble', { hasText: 'When?' }).waitFor()
      await page.getByText('webhook 204').waitFor()
      const [post] = received
      assert.deepEqual(
        [post?.params['Body'], post?.params['From'], post?.genuine],
        ['When?', phone, true],
      )
      assert.equal(await page.getByRole('textbox', { name: 'Reply as' }).inputValue(), '')
    })

    it('STOP blocks the sender until START, and the page says so', async (t) => {
      const { page, send } = await openPhones(t)
      await send('hello')
      await page.getByRole('button', { name: 'STOP' }).click()
      await page.getByText('Opted out of +15005550006').waitFor()
      assert.equal(await send('refused'), 400)
      await page.getByRole('button', { name: 'START' }).click()
      await page.locator('.notice', { hasText: 'Opted out' }).waitFor({ state: 'detached' })
      assert.equal(await send('welcome back'), 201)
      await page.locator('.bubble', { hasText: 'welcome back' }).waitFor()
    })

    it('on WhatsApp come from its address', async (t) => {
      const { page, simulator } = await openPhones(t, { hash: `#/${phone}` })
      await page.getByRole('button', { name: 'Channel: SMS' }).click()
      await page.getByRole('button', { name: 'HELP' }).click()
      await page.locator('.inbound .bubble', { hasText: 'HELP' }).waitFor()
      assert.equal(simulator.messages({ direction: 'inbound' })[0]?.from, `whatsapp:${phone}`)
    })

    it('without a webhook are kept, and the page leads to the field that sets one', async (t) => {
      const { page, received } = await openPhones(t, { hash: `#/${phone}` })
      await page.getByRole('link', { name: 'no webhook is set' }).click()
      await page.keyboard.type('https://app.example/in')
      await page.keyboard.press('Enter')
      await page.getByText('no webhook is set').waitFor({ state: 'detached' })
      await page.getByRole('button', { name: 'HELP' }).click()
      await page.getByText('webhook 204').waitFor()
      assert.equal(received[0]?.url, 'https://app.example/in')
    })
  })

  describe('a new phone', () => {
    it('can write before it has got anything', async (t) => {
      const { page, simulator } = await openPhones(t)
      await page.getByRole('button', { name: 'New phone' }).click()
      const field = page.getByRole('textbox', { name: 'Number' })
      await field.fill('0701234567')
      assert.ok(await page.getByRole('button', { name: 'Open' }).isDisabled())
      await field.fill('+46 70-123 45 67')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: other }).waitFor()
      await page.getByRole('button', { name: 'HELP' }).click()
      await page.locator('.inbound .bubble').waitFor()
      assert.equal(simulator.messages({ direction: 'inbound' })[0]?.from, other)
    })
  })
}
