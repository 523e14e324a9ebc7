import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { CallbackEntry, Simulator } from '@hsb/twilio-simulator'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import { StorageError } from '../src/storage/errors.ts'
import type { Store } from '../src/storage/store.ts'
import { createTestApp, publicUrl } from './app.ts'
import { post, sign, signedCallback } from './signed-callback.ts'

/** A store that can be taken away: then whatever it is asked ends in an error. */
function createFailingStore(): { store: Store; goAway: () => void; comeBack: () => void } {
  const real = openSqlite(':memory:')
  let away = false
  const guard = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function' || !away) return method
        return () => Promise.reject(new StorageError('away'))
      },
    })
  const { messages, events, verifications, throttles, optOuts, apiKeys } = real
  const store = guard({
    ...real,
    messages: guard(messages),
    events: guard(events),
    verifications: guard(verifications),
    throttles: guard(throttles),
    optOuts: guard(optOuts),
    apiKeys: guard(apiKeys),
  })
  return { store, goAway: () => void (away = true), comeBack: () => void (away = false) }
}

function callbacksOf(twilio: Simulator): CallbackEntry[] {
  return twilio.requests().filter((one) => one.kind === 'callback')
}

/** Sends one message a second for a minute; the database is away from second 20 to second 30. */
async function liveThroughOutage(t: TestContext) {
  const { store, goAway, comeBack } = createFailingStore()
  const delays = { sentMs: 3_000, deliveredMs: 6_000 }
  const test = await createTestApp(t, { store, twilio: { delays } })
  const ids: string[] = []
  const statuses: number[] = []
  for (let second = 0; second < 60; second++) {
    if (second === 20) goAway()
    if (second === 30) comeBack()
    const answer = await test.request('POST', '/api/sms/send/', {
      to_phone: '+14155552671',
      message: `second ${second}`,
    })
    statuses.push(answer.status)
    if (answer.status === 202) ids.push(String(answer.body['id']))
    // Nothing but the sending: what heals here heals by callbacks alone.
    if (second < 20 || second >= 30) await test.app.runDue()
    await test.advance(1_000)
  }
  await test.advance(20_000)
  return { test, ids, statuses }
}

describe('a database that is away for 10 of 60 seconds', () => {
  it('costs no callback: Twilio is answered 503 and brings it again', async (t) => {
    const { test, ids, statuses } = await liveThroughOutage(t)
    assert.deepEqual(
      [statuses.filter((one) => one === 202).length, statuses.filter((one) => one === 503).length],
      [50, 10],
    )
    const callbacks = callbacksOf(test.twilio)
    assert.deepEqual(new Set(callbacks.map((one) => one.status)), new Set([204, 503]))
    assert.ok(callbacks.some((one) => one.attempt > 1 && one.status === 204))
    for (const id of ids) {
      const found = await test.app.messages.get(id)
      assert.equal(found?.message.status, 'DELIVERED')
      const told = found.events.filter((event) => event.source === 'callback')
      assert.deepEqual(told.map((event) => event.status).toSorted(), ['DELIVERED', 'SENT'])
    }
  })
})

describe('the StatusCallback', () => {
  it('asks for retries in its fragment, on every call', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'busy' })
    for (const message of ['one', 'two']) {
      await test.app.messages.send({ toPhone: '+14155552671', message })
    }
    await test.app.runDue()
    await test.advance(60_000)
    await test.app.runDue()
    const urls = test.twilio
      .requests()
      .flatMap((one) => (one.kind === 'api' ? (one.form.get('StatusCallback') ?? []) : []))
    assert.equal(urls.length, 3)
    for (const url of urls) {
      assert.match(url, /\?message_id=[0-9a-f-]{36}&attempt=[12]#rc=5&rp=all$/)
    }
  })

  it('is signed without its fragment', async (t) => {
    const test = await createTestApp(t)
    const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(sent.kind === 'accepted')
    const facts = { sid: `SM${'1'.repeat(32)}`, messageId: sent.message.id, status: 'delivered' }
    const callback = signedCallback(test, facts)
    const whole = `${publicUrl}${callback.path}#rc=5&rp=all`
    const signature = sign(test.twilio.authToken, whole, callback.params)
    assert.equal((await post(test, { ...callback, signature })).status, 403)
    assert.equal((await post(test, callback)).status, 204)
  })
})
