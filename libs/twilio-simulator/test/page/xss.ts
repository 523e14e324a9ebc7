import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openPhones, phone } from './page-desk.ts'

const file = new URL('../vectors/xss.json', import.meta.url)
const payloads = JSON.parse(readFileSync(file, 'utf8')) as string[]

export function hostileTexts(): void {
  describe('hostile texts', () => {
    it(`are shown as they are: ${payloads.length} payloads, in and out`, async (t) => {
      const { page, simulator, sins, send, bubbles } = await openPhones(t, { hash: `#/${phone}` })
      for (const payload of payloads) await send(payload)
      for (const payload of payloads) await simulator.reply({ from: phone, body: payload })
      // A media address is a text of the sender's, too.
      await send('with media', {
        MediaUrl: 'https://evil.example/x.png?"><script>alert(1)</script>',
      })
      await page.locator('.bubble', { hasText: 'with media' }).waitFor()
      const shown = new Set(await bubbles())
      const missing = payloads.filter((one) => ![...shown].some((text) => flat(text) === flat(one)))
      assert.deepEqual(missing, [])
      const rows = page.getByRole('table', { name: 'Requests' }).locator('tbody tr')
      for (const index of [0, 1, 2]) {
        await rows.nth(index).click()
        await page.locator('.request-detail').waitFor()
      }
      const canary = await page.evaluate(
        'document.querySelectorAll("#app script, #app iframe, #app img, #app object, #app base, [style], [onclick]").length',
      )
      assert.deepEqual([sins, canary], [[], 0])
    })
  })
}

/** White space is drawn in many ways. */
function flat(text: string): string {
  return text.replaceAll(/[\s\0]+/g, ' ').trim()
}
