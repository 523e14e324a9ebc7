import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openPhones } from './page-desk.ts'

const run = promisify(execFile)
const browser = { permissions: ['clipboard-read', 'clipboard-write'] }

export function requests(): void {
  describe('the request log', () => {
    it('shows calls and callbacks, the newest first, with signature and answer', async (t) => {
      const { page, send, simulator } = await openPhones(t)
      await send('hello')
      const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody tr')
      await rows.nth(2).waitFor()
      assert.match(await rows.nth(0).innerText(), /POST \/status\s+delivered/)
      assert.match(await rows.nth(2).innerText(), /POST Messages\.json\s+\+14155550100/)
      await rows.nth(0).click()
      const detail = page.locator('.request-detail')
      await detail.getByText('X-Twilio-Signature').waitFor()
      const signature = simulator.requests().findLast(({ kind }) => kind === 'callback')
      assert.ok(signature?.kind === 'callback')
      await detail.getByText(signature.signature).waitFor()
      await page.keyboard.press('Escape')
      await detail.waitFor({ state: 'detached' })
    })

    it('is walked by keys, and keeps the place while requests come in', async (t) => {
      const { page, send } = await openPhones(t)
      await send('hello')
      const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody tr')
      await rows.nth(2).waitFor()
      for (const key of ['j', 'j', 'k', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
      await page.locator('.request-detail').waitFor()
      const opened = new URL(page.url()).hash
      assert.match(opened, /\?request=\d+$/)
      await send('another')
      await rows.nth(6).waitFor()
      const focused = await page.evaluate('document.activeElement.getAttribute("aria-current")')
      assert.equal(focused, 'true', 'the open row still has the focus')
      await page.reload()
      await page.locator('.request-detail').waitFor()
    })

    it('stays open when the phones are listed after it', async (t) => {
      const { page, send, url } = await openPhones(t)
      await send('hello')
      await page.waitForURL(/#\/%2B/)
      const { promise: listed, resolve: list } = Promise.withResolvers<void>()
      await page.route(/\/phones\?limit=/, async (asked) => {
        await listed
        await asked.continue()
      })
      await page.goto(`${url}/phones/?again`)
      await page.getByRole('table', { name: 'Requests' }).locator('tbody tr').nth(1).click()
      await page.locator('.request-detail').waitFor()
      list()
      await page.waitForURL(/#\/%2B\d+\?request=\d+$/)
      await page.locator('.request-detail').waitFor()
    })

    it('gives each request as a curl line that works', async (t) => {
      const { page, send, simulator } = await openPhones(t, { browser })
      await send(`it's "quoted" $HOME \`x\` 100% + \\ über`)
      const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody tr')
      await rows.nth(2).click()
      await page.getByRole('button', { name: 'Copy as curl' }).click()
      await page.getByText('Copied').waitFor()
      const line = String(await page.evaluate('navigator.clipboard.readText()'))
      await run('sh', ['-c', line])
      const [first, second] = simulator.messages()
      assert.equal(second?.body, first?.body)
    })

    it('keeps an auth token that somebody has given to itself', async (t) => {
      const { page, send } = await openPhones(t, { browser, authToken: 'perhaps-a-real-one' })
      await send('hello')
      await page.getByRole('table', { name: 'Requests' }).locator('tbody tr').nth(2).click()
      await page.getByRole('button', { name: 'Copy as curl' }).click()
      await page.getByText('Copied').waitFor()
      const line = String(await page.evaluate('navigator.clipboard.readText()'))
      assert.ok(line.includes('$TWILIO_AUTH_TOKEN') && !line.includes('perhaps-a-real-one'))
    })
  })
}
