import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

const file = new URL('../../../../libs/twilio-simulator/test/vectors/xss.json', import.meta.url)
const payloads = JSON.parse(readFileSync(file, 'utf8')) as string[]

// A conversation shows its last 30 messages.
const most = 29
const few = payloads.length - 2 * most

export function hostileTexts(): void {
  describe('hostile texts', () => {
    it(`are shown as they are: ${payloads.length} payloads, sent and received`, async (t) => {
      const { page, sins, send, receive, visit } = await openAdmin(t)
      // As texts of ours: one after the other beside the list; and as what one searches for.
      for (const payload of payloads.slice(0, few)) {
        await visit(`#/messages/${await send(payload)}`)
        await page.locator('.panel').getByRole('button', { name: 'Reveal' }).click()
        const shown = await page.locator('.panel .bubble:not(.covered)').innerText()
        assert.equal(flat(shown), flat(payload))
        const query = encodeURIComponent(payload)
        await visit(`#/messages?q=${query}&sender=${query}&error=${query}`)
      }
      // As texts of others, in two conversations.
      for (const [end, part] of [
        ['87', payloads.slice(few, few + most)],
        ['88', payloads.slice(few + most)],
      ] as const) {
        for (const payload of part) await receive(payload, `+141555577${end}`)
        await visit('#/inbox')
        await page
          .locator('.table tbody tr', { hasText: `*${end}` })
          .first()
          .click()
        await page
          .locator('.thread .covered')
          .nth(part.length - 1)
          .waitFor()
        for (let left = part.length; left > 0; left--) {
          await page.locator('.thread').getByRole('button', { name: 'Reveal' }).first().click()
          await page
            .locator('.thread .covered')
            .nth(left - 1)
            .waitFor({ state: 'detached' })
        }
        const bubbles = await page.locator('.thread .bubble').allInnerTexts()
        assert.deepEqual(bubbles.map(flat), part.map(flat))
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
