import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

const file = new URL('../../../../libs/twilio-simulator/test/vectors/xss.json', import.meta.url)
const payloads = JSON.parse(readFileSync(file, 'utf8')) as string[]

export function hostileTexts(): void {
  describe('hostile texts', () => {
    it(`are shown as they are: ${payloads.length} payloads, sent and received`, async (t) => {
      const phone = '+14155557788'
      const { page, sins, send, receive, visit } = await openAdmin(t)
      const ids: string[] = []
      for (const payload of payloads) ids.push(await send(payload, phone))
      // Through the pages' own parts: as a text, as a search, as a filter.
      for (const [index, payload] of payloads.entries()) {
        if (index % 2 === 0) {
          await visit(`#/messages/${ids[index]}`)
          await page.locator('.panel').getByRole('button', { name: 'Reveal' }).click()
          const shown = await page.locator('.panel .bubble:not(.covered)').innerText()
          assert.equal(flat(shown), flat(payload))
        }
        const query = encodeURIComponent(payload)
        await visit(`#/messages?q=${query}&sender=${query}&error=${query}`)
      }
      await visit('#/inbox')
      for (const payload of payloads.slice(0, 29)) await receive(payload, phone)
      await page.locator('.table tbody tr', { hasText: '88' }).first().click()
      const reveals = page.locator('.thread').getByRole('button', { name: 'Reveal' })
      await reveals.first().waitFor()
      for (let left = await reveals.count(); left > 0; left--) {
        await reveals.first().click()
        await page
          .locator('.thread .covered')
          .nth(left - 1)
          .waitFor({ state: 'detached' })
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
