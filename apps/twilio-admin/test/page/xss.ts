import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

const file = new URL('../../../../libs/twilio-simulator/test/vectors/xss.json', import.meta.url)
const payloads = JSON.parse(readFileSync(file, 'utf8')) as string[]

// A conversation shows its last 30 messages.
const half = payloads.length - 29

export function hostileTexts(): void {
  describe('hostile texts', () => {
    it(`are shown as they are: ${payloads.length} payloads, sent and received`, async (t) => {
      const phone = '+14155557788'
      const { page, sins, send, receive, visit } = await openAdmin(t)
      // As texts of ours: one after the other beside the list; and as what one searches for.
      for (const [index, payload] of payloads.slice(0, half).entries()) {
        await visit(`#/messages/${await send(payload, phone)}`)
        await page.locator('.panel').getByRole('button', { name: 'Reveal' }).click()
        const shown = await page.locator('.panel .bubble:not(.covered)').innerText()
        assert.equal(flat(shown), flat(payload))
        const query = encodeURIComponent(payload)
        if (index % 5 === 0) await visit(`#/messages?q=${query}&sender=${query}&error=${query}`)
      }
      // As texts of others: in one conversation.
      await visit('#/inbox')
      for (const payload of payloads.slice(half)) await receive(payload, phone)
      await page.locator('.table tbody tr', { hasText: '*88' }).first().click()
      const reveals = page.locator('.thread').getByRole('button', { name: 'Reveal' })
      await reveals.first().waitFor()
      for (let left = await reveals.count(); left > 0; left--) {
        await reveals.first().click()
        await page
          .locator('.thread .covered')
          .nth(left - 1)
          .waitFor({ state: 'detached' })
      }
      const bubbles = await page.locator('.thread .bubble').allInnerTexts()
      const shown = new Set(bubbles.map(flat))
      assert.deepEqual(
        payloads.slice(half).filter((one) => !shown.has(flat(one))),
        [],
      )
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
