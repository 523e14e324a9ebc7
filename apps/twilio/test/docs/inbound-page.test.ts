import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TwilioApp } from '../../src/app.ts'
import { inboundPath } from '../../src/provider/twilio-inbound.ts'
import { createTestApp } from '../app.ts'
import { createFolder } from '../cli/program.ts'
import { live, sendMany } from '../traffic.ts'
import { blockOf, readDocument } from './markdown.ts'

const page = readDocument('docs/inbound.md')

interface Desk {
  retryAll(sms: TwilioApp, errorCode: number, actor: string): Promise<number>
  forget(sms: TwilioApp, phone: string, ids: string[]): Promise<boolean>
}

describe('docs/inbound.md', () => {
  it('names the address of the webhook', () => {
    assert.ok(page.includes(`https://YOUR-PUBLIC-URL${inboundPath}/#rc=5&rp=all\n`))
  })

  it('shows code that does what it says', async (t) => {
    const file = join(await createFolder(t), 'desk.ts')
    await writeFile(file, blockOf(page, 'desk'))
    const desk = (await import(file)) as Desk
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'undelivered', code: 30003, times: 3 })
    test.twilio.behave({ kind: 'undelivered', code: 30006 })
    const ids = await sendMany(test, 4)
    await live(test, 300)
    assert.equal(await desk.retryAll(test.app, 30003, 'anna'), 3)
    assert.equal(await desk.retryAll(test.app, 30003, 'anna'), 0)
    await live(test, 300)
    assert.equal(test.twilio.messages().length, 7)
    const phone = '+14155560000'
    assert.equal(await desk.forget(test.app, phone, ids.slice(0, 1)), true)
    const { message } = (await test.app.messages.get(ids[0] ?? '')) ?? {}
    assert.deepEqual([message?.toPhone, message?.message], ['+1415*****00', ''])
  })
})
