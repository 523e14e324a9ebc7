import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { createTestApp, type TestApp } from './app.ts'
import { createNeighbours, createSilentProvider } from './neighbours.ts'

const phone = '+14155552671'
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

async function send(test: TestApp, sendAt?: Date): Promise<string> {
  const result = await test.app.messages.send({ toPhone: phone, message: 'Hello', sendAt })
  assert.ok(result.kind === 'accepted', result.kind)
  return result.message.id
}

async function statusOf(test: TestApp, id: string): Promise<string | undefined> {
  return (await test.app.messages.get(id))?.message.status
}

for (const step of [day, -day]) {
  describe(`a machine whose clock is set by ${step / day} day`, () => {
    it('sends what was waiting, once, and at once', async (t) => {
      const test = await createTestApp(t)
      const id = await send(test)
      test.clock.step(step)
      await test.app.runDue()
      assert.equal(await statusOf(test, id), 'ACCEPTED')
      test.clock.step(-2 * step)
      for (let minutes = 0; minutes < 10; minutes++) {
        await test.advance(minute)
        await test.app.runDue()
      }
      assert.equal(test.twilio.messages({ to: phone }).length, 1)
      assert.equal(test.logs.filter(({ fields }) => fields['event'] === 'clock-stepped').length, 2)
    })

    it('sends what was planned after the time that was meant', async (t) => {
      const test = await createTestApp(t)
      const id = await send(test, new Date(test.clock.now() + hour))
      test.clock.step(step)
      await test.advance(hour - 1)
      await test.app.runDue()
      assert.equal(await statusOf(test, id), 'SCHEDULED')
      await test.advance(1)
      await test.app.runDue()
      assert.equal(await statusOf(test, id), 'ACCEPTED')
    })

    it('lets a message expire after the time that was meant', async (t) => {
      const config = { messages: { expireAfterSeconds: 600 } }
      const test = await createTestApp(t, { config })
      test.twilio.behave({ kind: 'busy', retryAfterSeconds: 60, times: 'always' })
      const [first, second] = [await send(test), await send(test)]
      await test.app.runDue()
      test.clock.step(step)
      await test.advance(10 * minute - 1)
      await test.app.runDue()
      assert.equal(await statusOf(test, second), 'QUEUED')
      await test.advance(1)
      await test.app.runDue()
      assert.deepEqual([await statusOf(test, first), await statusOf(test, second)], expired)
    })

    it('keeps the limits of a phone', async (t) => {
      const limit = { limit: 1, windowSeconds: 600 }
      const test = await createTestApp(t, { config: { throttles: { messagesPerPhone: [limit] } } })
      await send(test)
      test.clock.step(step)
      const again = { toPhone: phone, message: 'Hello' }
      assert.equal((await test.app.messages.send(again)).kind, 'throttled')
      await test.advance(10 * minute)
      assert.equal((await test.app.messages.send(again)).kind, 'accepted')
    })

    it('reads tokens of approvals for as long as they live', async (t) => {
      const test = await createTestApp(t, { config: { verification: ownCodes } })
      const started = await test.app.verifications.start({ toPhone: phone })
      assert.ok(started.kind === 'started')
      await test.app.runDue()
      const { verificationId } = started
      const code = test.twilio.code(phone) ?? ''
      const result = await test.app.verifications.check({ verificationId, code })
      assert.ok(result.kind === 'approved')
      test.clock.step(step)
      const read = () => test.app.verifications.readProof(result.token)
      await test.advance(5 * minute - 1)
      assert.equal((await read())?.toPhone, phone)
      await test.advance(1)
      assert.equal(await read(), undefined)
    })

    it('takes no message from a worker that is sending it', async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-clock-'))
      t.after(() => rmSync(folder, { recursive: true }))
      const create = createNeighbours(t, `file:${join(folder, 'sms.db')}`)
      const { provider, called } = createSilentProvider(t)
      const sending = await create({ provider, config: { worker: 'background' } })
      const other = await create()
      const id = await send(sending)
      await called
      sending.clock.step(step)
      other.clock.step(step)
      await other.advance(30_000 - 1)
      await other.app.runDue()
      assert.equal(await statusOf(other, id), 'SENDING')
      await other.advance(1)
      await other.app.runDue()
      assert.equal(await statusOf(other, id), 'IN_DOUBT')
    })
  })
}

const expired = ['EXPIRED', 'EXPIRED']
const ownCodes = {
  backend: 'own-codes' as const,
  secrets: ['a secret of a test, long enough to be one'],
  countries: 'all' as const,
}
