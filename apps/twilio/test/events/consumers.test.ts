import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HostEvent } from '../../src/domain/host-event.ts'
import { createTestApp, type TestApp } from '../app.ts'

const phone = '+14155552671'
const message = 'Your table is ready'

async function send(test: TestApp, metadata?: Record<string, string>): Promise<string> {
  const sent = await test.app.messages.send({ toPhone: phone, message, metadata })
  assert.ok(sent.kind === 'accepted')
  return sent.message.id
}

/** Sends one and follows it to its end. */
async function deliver(test: TestApp): Promise<string> {
  const id = await send(test)
  await test.app.runDue()
  await test.advance(5_000)
  await test.app.runDue()
  return id
}

describe('app.on', () => {
  it('tells what a message reaches, in order, in the words of the API and without its text', async (t) => {
    const test = await createTestApp(t)
    const events: HostEvent[] = []
    test.app.on('message.*', (event) => events.push(event))
    await test.app.runDue()
    const id = await send(test, { order: '7' })
    await test.app.runDue()
    await test.advance(5_000)
    await test.app.runDue()
    assert.deepEqual(
      events.map(({ type }) => type),
      ['message.accepted', 'message.sent', 'message.delivered'],
    )
    const found = (await test.app.messages.get(id))?.message
    const [, , last] = events
    assert.match(last?.id ?? '', /^evt_m_\d+$/)
    assert.deepEqual(last?.data, {
      messageId: id,
      status: 'DELIVERED',
      toPhone: phone,
      fromPhone: '+15005550006',
      providerMsgId: found?.providerMsgId,
      errorCode: undefined,
      detail: 'delivered',
      verificationId: undefined,
      metadata: { order: '7' },
    })
    assert.ok(!JSON.stringify(events).includes(message))
    assert.equal(new Set(events.map((event) => event.id)).size, 3)
  })

  it('tells each handler what it asked for, until it is unsubscribed', async (t) => {
    const test = await createTestApp(t)
    const types: string[] = []
    const off = test.app.on('message.delivered', ({ type }) => types.push(type))
    const offAll = test.app.on('*', ({ type }) => types.push(`all ${type}`), { consumer: 'all' })
    await test.app.runDue()
    await deliver(test)
    assert.deepEqual(
      types.filter((type) => !type.startsWith('all')),
      ['message.delivered'],
    )
    assert.equal(types.length, 4)
    off()
    offAll()
    await deliver(test)
    assert.equal(types.length, 4)
  })

  it('begins at now, or with what is kept; and goes on where the consumer was', async (t) => {
    const test = await createTestApp(t)
    await deliver(test)
    const seen: Record<string, string[]> = { now: [], beginning: [] }
    for (const startAt of ['now', 'beginning'] as const) {
      const note = (event: HostEvent) => seen[startAt]?.push(event.type)
      test.app.on('message.delivered', note, { consumer: startAt, startAt })
    }
    await test.app.runDue()
    assert.deepEqual(seen, { now: [], beginning: ['message.delivered'] })
    await deliver(test)
    assert.deepEqual(seen['now'], ['message.delivered'])
    assert.equal(seen['beginning']?.length, 2)
  })

  it('tells of a callback that came before its message was known to have that SID', async (t) => {
    const test = await createTestApp(t)
    const types: string[] = []
    test.app.on('message.*', ({ type }) => types.push(type))
    await test.app.runDue()
    test.twilio.behave({ kind: 'early-callbacks' })
    await send(test)
    await test.app.runDue()
    assert.deepEqual(types, ['message.sent', 'message.delivered'])
  })

  it('refuses names of consumers that nobody could tell apart', async (t) => {
    const test = await createTestApp(t)
    for (const consumer of ['', ' billing', 'Billing', 'a'.repeat(65), 'a:b'])
      assert.throws(() => test.app.on('*', () => undefined, { consumer }), TypeError)
  })
})

describe('a handler that throws', () => {
  it('is given the same event again, later and later, before any other one', async (t) => {
    const test = await createTestApp(t)
    const ids: string[] = []
    const others: string[] = []
    test.app.on('message.*', ({ id }) => {
      ids.push(id)
      if (ids.length <= 3) throw new Error('not now')
    })
    test.app.on('message.*', ({ id }) => others.push(id), { consumer: 'other' })
    await test.app.runDue()
    await deliver(test)
    // Another consumer is not held up.
    assert.equal(others.length, 3)
    assert.equal(new Set(ids).size, 1)
    await test.app.runDue()
    const before = ids.length
    await test.app.runDue()
    assert.equal(ids.length, before, 'not before its time')
    await test.clock.advance(10_000)
    await test.app.runDue()
    await test.clock.advance(10_000)
    await test.app.runDue()
    assert.deepEqual([...new Set(ids)], others)
    assert.equal(ids.length, 3 + 3)
  })

  it('is passed by after the last try, and the event waits where it can be seen', async (t) => {
    const test = await createTestApp(t, { config: { events: { maxAttempts: 3 } } })
    let isBroken = true
    const handled: string[] = []
    test.app.on('message.*', ({ type }) => {
      if (isBroken && type === 'message.sent') throw new Error('no room in the ledger')
      handled.push(type)
    })
    await test.app.runDue()
    await deliver(test)
    for (let i = 0; i < 3; i++) {
      await test.clock.advance(10_000)
      await test.app.runDue()
    }
    assert.deepEqual(handled, ['message.accepted', 'message.delivered'])
    const [parked, ...more] = await test.app.parkedEvents.list()
    assert.equal(more.length, 0)
    assert.ok(parked)
    assert.deepEqual(
      [parked.consumer, parked.eventType, parked.attempts, parked.error],
      ['default', 'message.sent', 3, 'Error: no room in the ledger'],
    )
    assert.equal(test.logs.filter(({ fields }) => fields['event'] === 'event-parked').length, 1)

    assert.equal(await test.app.parkedEvents.retry({ consumer: 'default' }), 1)
    await test.app.runDue()
    assert.equal((await test.app.parkedEvents.list())[0]?.attempts, 4)
    isBroken = false
    await test.app.parkedEvents.retry({ consumer: 'default', eventId: parked.eventId })
    await test.app.runDue()
    assert.deepEqual(await test.app.parkedEvents.list(), [])
    assert.equal(handled.at(-1), 'message.sent')
  })

  it('does not hand the event over again to those that are through with it', async (t) => {
    const test = await createTestApp(t)
    const calls: string[] = []
    test.app.on('message.delivered', () => calls.push('ledger'))
    test.app.on('message.delivered', () => {
      calls.push('mail')
      if (calls.length === 2) throw new Error('not now')
    })
    await test.app.runDue()
    await deliver(test)
    await test.clock.advance(10_000)
    await test.app.runDue()
    assert.deepEqual(calls, ['ledger', 'mail', 'mail'])
  })

  it('counts as one that throws when it takes too long, and is told so', async (t) => {
    const test = await createTestApp(t, { config: { events: { handlerTimeoutSeconds: 7 } } })
    const { promise: called, resolve: tell } = Promise.withResolvers<AbortSignal>()
    let isSlow = true
    let handled = 0
    test.app.on('message.accepted', async (_, { signal }) => {
      tell(signal)
      if (isSlow) await new Promise(() => undefined)
      handled++
    })
    await test.app.runDue()
    await send(test)
    const running = test.app.runDue()
    const signal = await called
    assert.equal(signal.aborted, false)
    await test.clock.advance(7_000)
    await running
    assert.equal(signal.aborted, true)
    isSlow = false
    await test.clock.advance(5_000)
    await test.app.runDue()
    assert.equal(handled, 1)
  })
})

describe('events of verifications', () => {
  it('tell of the start and of each end, once, and never a code', async (t) => {
    const test = await createTestApp(t, {
      config: {
        verification: {
          secrets: ['a secret of a test, long enough to be one'],
          countries: 'all',
          backend: 'own-codes',
          maxAttempts: 2,
        },
        throttles: { codesPerPhone: [] },
      },
    })
    const events: { type: string; verificationId: string }[] = []
    const everything: unknown[] = []
    test.app.on('verification.*', (event) => {
      everything.push(event)
      events.push({ type: event.type, verificationId: event.data.verificationId })
    })
    test.app.on('message.*', (event) => everything.push(event))
    await test.app.runDue()
    const start = async (n: number) => {
      const started = await test.app.verifications.start({ toPhone: `+1415555267${n}` })
      assert.ok(started.kind === 'started')
      await test.app.runDue()
      await test.advance(1_000)
      const body = test.twilio.messages().at(-1)?.body ?? ''
      return { id: started.verificationId, code: /\d{6}/.exec(body)?.[0] ?? '' }
    }
    const approved = await start(1)
    const failed = await start(2)
    const canceled = await start(3)
    const expired = await start(4)
    const check = (id: string, code: string) =>
      test.app.verifications.check({ verificationId: id, code })
    assert.equal((await check(approved.id, approved.code)).kind, 'approved')
    const wrong = failed.code === '123456' ? '654321' : '123456'
    await check(failed.id, wrong)
    await check(failed.id, wrong)
    await test.app.verifications.cancel(canceled.id)
    // It had its end before.
    await test.app.verifications.cancel(failed.id)
    await test.app.runDue()
    await test.advance(601_000)
    await test.app.runDue()
    const typesOf = ({ id }: { id: string }) =>
      events.filter((one) => one.verificationId === id).map(({ type }) => type)
    assert.deepEqual(typesOf(approved), ['verification.started', 'verification.approved'])
    assert.deepEqual(typesOf(failed), ['verification.started', 'verification.failed'])
    assert.deepEqual(typesOf(canceled), ['verification.started', 'verification.canceled'])
    assert.deepEqual(typesOf(expired), ['verification.started', 'verification.expired'])
    const text = JSON.stringify(everything)
    for (const { code } of [approved, failed, canceled, expired]) {
      assert.match(code, /^\d{6}$/)
      // As a word of its own: six digits may well stand in an id.
      assert.doesNotMatch(text, new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`))
    }
  })
})
