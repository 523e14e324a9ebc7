import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import { openAdmin } from './desk.ts'

export function phones(): void {
  describe('with the phones beside them', () => {
    it('show in the inbox what a phone has replied, and STOP as an opt-out', async (t) => {
      const admin = await openAdmin(t, { hash: '#/inbox', role: 'operator' })
      const number = '+14155556655'
      await admin.send('Shall we come at nine?', number)
      await admin.deliver()
      const { page: phone } = await openPage(t, `${admin.phones}#/${number}`)
      await phone.getByText('Shall we come at nine?').first().waitFor()
      await phone.getByRole('textbox', { name: /^Reply/ }).fill('Half past, please')
      await phone.getByRole('button', { name: 'Send' }).click()
      const { page } = admin
      await page.locator('.table tbody tr', { hasText: '*55' }).first().click()
      await page.locator('.thread .inbound').getByRole('button', { name: 'Reveal' }).click()
      await page.locator('.bubble', { hasText: 'Half past, please' }).waitFor()
      await phone.getByRole('button', { name: 'STOP' }).click()
      await page
        .getByRole('note')
        .getByText(/^Opted out of/)
        .first()
        .waitFor()
    })

    it('show a verification become approved with the code that the phone shows', async (t) => {
      const admin = await openAdmin(t, { hash: '#/verifications', role: 'viewer' })
      const number = '+14155556677'
      const id = await admin.verify(number)
      await admin.deliver()
      const row = admin.page.locator('.table tbody tr', { hasText: '*77' }).first()
      await row.filter({ hasText: 'pending' }).waitFor()
      const { page: phone } = await openPage(t, `${admin.phones}#/${number}`)
      const code = (await phone.locator('.bubble .code').innerText()).trim()
      assert.match(code, /^\d{6}$/)
      assert.ok(await admin.check(id, code))
      await row.filter({ hasText: 'approved' }).waitFor()
      await row.click()
      await admin.page.getByText(/1 code sent, 1 check, approved after/).waitFor()
      assert.ok(!(await admin.page.content()).includes(code), 'the admin shows the code')
    })
  })
}
