import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openAdmin } from './desk.ts'

const file = new URL('../../../../libs/twilio-simulator/test/vectors/xss.json', import.meta.url)
const payloads = JSON.parse(readFileSync(file, 'utf8')) as string[]

export function hostileTexts(): void {
  describe('hostile texts', () => {
    it(`are shown as they are: ${payloads.length} payloads, sent and received`, async (t) => {
      const { page, sins, test, send, receive, visit } = await openAdmin(t)
      const { app } = test
      const [first = ''] = payloads
      await visit(`#/messages/${await send(first)}`)
      await page.locator('.panel').getByRole('button', { name: 'Reveal' }).click()
      const shown = await page.locator('.panel .bubble:not(.covered)').innerText()
      assert.equal(flat(shown), flat(first))
      // As texts of both sides, in one conversation.
      const phone = '+14155557787'
      for (const payload of payloads) await receive(payload, phone)
      for (const message of payloads.slice(0, 20))
        await app.messages.send({ toPhone: phone, message })
      await visit('#/inbox')
      await page.locator('.table tbody tr', { hasText: '*87' }).first().click()
      const covered = page.locator('.thread .covered')
      const all = [...payloads, ...payloads.slice(0, 20)]
      await covered.nth(all.length - 1).waitFor()
      await page.evaluate(
        'document.querySelectorAll(".thread .button").forEach((one) => one.click())',
      )
      await covered.first().waitFor({ state: 'detached' })
      const bubbles = await page.locator('.thread .bubble').allInnerTexts()
      assert.deepEqual(bubbles.map(flat).toSorted(), all.map(flat).toSorted())
      // As what one searches for, and as reasons and names.
      for (const payload of payloads.slice(0, 3)) {
        const query = encodeURIComponent(payload)
        await visit(`#/messages?q=${query}&sender=${query}&error=${query}`)
        await app.optOuts.add('+14155557788', payload)
        await app.apiKeys.create({ name: payload.slice(0, 60), scopes: ['send'] })
      }
      for (const hash of ['#/inbox/opt-outs', '#/settings/keys', '#/settings/audit'])
        await visit(hash)
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
