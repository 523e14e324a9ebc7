import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Behaviour } from '@hsb/twilio-simulator'
import { createTestApp, type TestApp } from './app.ts'
import { live, questionsOf, sendMany, statusesOf } from './traffic.ts'

const phone = '+14155552671'
const second = 1_000

async function accepted(
  test: TestApp,
  input: { toPhone?: string; message?: string; expiresAt?: Date } = {},
): Promise<string> {
  const result = await test.app.messages.send({
    toPhone: phone,
    message: 'Your parcel is on its way',
    ...input,
  })
  assert.equal(result.kind, 'accepted')
  return result.kind === 'accepted' ? result.message.id : ''
}

async function statusOf(test: TestApp, id: string): Promise<string | undefined> {
  return (await test.app.messages.get(id))?.message.status
}

describe('delivery', () => {
  it('takes a message from QUEUED to DELIVERED and keeps every step', async (t) => {
    const test = await createTestApp(t)
    const id = await accepted(test)
    assert.equal(await statusOf(test, id), 'QUEUED')
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'ACCEPTED')
    await test.advance(60 * second)
    const found = await test.app.messages.get(id)
    assert.equal(found?.message.status, 'DELIVERED')
    assert.deepEqual(
      found?.events.filter((event) => event.applied).map((event) => [event.status, event.source]),
      [
        ['QUEUED', 'api'],
        ['SENDING', 'worker'],
        ['ACCEPTED', 'worker'],
        ['SENT', 'callback'],
        ['DELIVERED', 'callback'],
      ],
    )
    assert.equal(test.twilio.messages({ to: phone }).length, 1)
  })

  it('fails a message that Twilio refuses, with its code', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'refuse', code: 21614 })
    const id = await accepted(test)
    await test.app.runDue()
    const found = await test.app.messages.get(id)
    assert.equal(found?.message.status, 'FAILED')
    assert.equal(found?.message.errorCode, 21614)
    assert.equal(found?.message.nextAt, undefined)
  })

  it('waits as long as Twilio asks after a 429, then sends once', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'busy', retryAfterSeconds: 20 })
    const id = await accepted(test)
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'QUEUED')
    await live(test, 15, 5)
    assert.equal(test.twilio.messages({ to: phone }).length, 0)
    await live(test, 60, 5)
    assert.equal(test.twilio.messages({ to: phone }).length, 1)
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })

  it('holds messages back while the credentials are wrong, and burns none', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'refuse', code: 20003, times: 3 })
    const id = await accepted(test)
    await live(test, 3_600, 30)
    assert.equal(await statusOf(test, id), 'DELIVERED')
    assert.equal(test.twilio.messages({ to: phone }).length, 1)
  })

  it('remembers the opt-out behind a refusal and stops the next message before it is accepted', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'refuse', code: 21610 })
    const id = await accepted(test)
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'FAILED')
    assert.deepEqual(await test.app.messages.send({ toPhone: phone, message: 'again' }), {
      kind: 'opted-out',
    })
    assert.equal(await test.app.optOuts.remove(phone), true)
    await accepted(test)
  })
})

// Each ends the call without a usable answer; in half of them Twilio has the message.
const wireFaults: Behaviour[] = [
  ...(['close', 'reset'] as const).flatMap((by): Behaviour[] => [
    { kind: 'hang-up', by, before: 'accepting' },
    { kind: 'hang-up', by, after: 'accepting' },
  ]),
  ...([500, 502, 503] as const).flatMap((httpStatus): Behaviour[] => [
    { kind: 'server-error', httpStatus, before: 'accepting' },
    { kind: 'server-error', httpStatus, after: 'accepting' },
  ]),
  ...[200, 201, 302, 500].flatMap((httpStatus): Behaviour[] => [
    { kind: 'html', httpStatus, before: 'accepting' },
    { kind: 'html', httpStatus, after: 'accepting' },
  ]),
  { kind: 'cut-body' },
  { kind: 'no-sid' },
  { kind: 'wrong-length' },
  { kind: 'wrong-length', bytes: -10 },
  { kind: 'late-accept', ms: 2_000 },
]

describe('an unanswered call', () => {
  for (const fault of wireFaults) {
    it(`is in doubt and ends in one text: ${JSON.stringify(fault)}`, async (t) => {
      const test = await createTestApp(t)
      // Callbacks would settle it at once; without them the look-up has to.
      test.twilio.behave(fault, { kind: 'lost-callbacks', times: 'always' })
      const id = await accepted(test)
      await test.app.runDue()
      assert.equal(await statusOf(test, id), 'IN_DOUBT')
      await live(test, 50, 5)
      assert.equal(
        await statusOf(test, id),
        'IN_DOUBT',
        'nothing is decided before the settle time',
      )
      await live(test, 600, 10)
      assert.equal(test.twilio.messages({ to: phone }).length, 1)
      assert.equal(await statusOf(test, id), 'DELIVERED')
    })
  }

  for (const moment of [{ before: 'accepting' }, { after: 'accepting' }] as const) {
    it(`is in doubt and ends in one text: no word in time, ${JSON.stringify(moment)}`, async (t) => {
      const first = await createTestApp(t)
      const { twilio, clock } = first
      const { baseUrl } = first.app.settings.twilio
      const { accountSid, authToken } = twilio
      const hasty = { accountSid, authToken, baseUrl, defaultFrom: 'Shop', responseTimeoutMs: 50 }
      const test = await createTestApp(t, { config: { twilio: hasty }, clock })
      twilio.behave(
        { kind: 'slow', ms: 2_000, ...moment },
        { kind: 'lost-callbacks', times: 'always' },
      )
      const id = await accepted(test)
      await test.app.runDue()
      assert.equal(await statusOf(test, id), 'IN_DOUBT')
      await live({ ...test, advance: (ms) => first.advance(ms) }, 600, 10)
      assert.equal(twilio.messages({ to: phone }).length, 1)
      assert.equal(await statusOf(test, id), 'DELIVERED')
    })
  }

  it('is settled by the callback that carries our id, long before the settle time', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'hang-up', after: 'accepting' })
    const id = await accepted(test)
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'IN_DOUBT')
    await test.advance(30 * second)
    assert.equal(await statusOf(test, id), 'DELIVERED')
    await live(test, 300, 5)
    assert.equal(test.twilio.messages({ to: phone }).length, 1)
  })

  it('waits out a list that lags behind', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave(
      { kind: 'hang-up', after: 'accepting' },
      { kind: 'lagging-list', ms: 30_000 },
      { kind: 'lost-callbacks', times: 'always' },
    )
    await accepted(test)
    await live(test, 600, 5)
    assert.equal(test.twilio.messages({ to: phone }).length, 1)
  })

  it('is asked about again every five seconds while a look-up gets no answer', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave(
      { kind: 'hang-up', after: 'accepting' },
      { kind: 'lost-callbacks', times: 'always' },
      { kind: 'hang-up', before: 'accepting', operation: 'messages.list', times: 3 },
    )
    const id = await accepted(test)
    await live(test, 80, 1)
    const moments = questionsOf(test).lists.map(({ time }) => time.getTime() / second)
    const gaps = moments.slice(1).map((moment, i) => moment - (moments[i] ?? 0))
    assert.deepEqual(gaps, [5, 5, 5])
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })

  it('gives twins with the same text one message each', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave(
      { kind: 'hang-up', after: 'accepting' },
      { kind: 'hang-up', before: 'accepting' },
      { kind: 'lost-callbacks', times: 'always' },
    )
    const ids = [await accepted(test), await accepted(test), await accepted(test)]
    await live(test, 900, 10)
    assert.equal(test.twilio.messages({ to: phone }).length, 3)
    const sids = await Promise.all(
      ids.map(async (id) => (await test.app.messages.get(id))?.message.providerMsgId),
    )
    assert.equal(new Set(sids).size, 3)
  })

  it('fails instead of sending twice where the policy says so', async (t) => {
    const test = await createTestApp(t, {
      config: { delivery: { whenNotFound: { message: 'fail' } } },
    })
    test.twilio.behave({ kind: 'hang-up', before: 'accepting' })
    const id = await accepted(test)
    await live(test, 120, 5)
    assert.equal(await statusOf(test, id), 'FAILED')
    assert.equal(test.twilio.messages({ to: phone }).length, 0)
  })
})

describe('expiry', () => {
  it('never sends what is stale after an outage, and sends the rest once', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'refuse', code: 20003, times: 'always' })
    const inMinutes = (minutes: number) => new Date(test.clock.now() + minutes * 60_000)
    const [stale = [], lasting = []] = await Promise.all(
      [5, 240].map((minutes) => sendMany(test, 500, { expiresAt: inMinutes(minutes) })),
    )
    await live(test, 900, 60)
    test.twilio.clearBehaviours()
    await live(test, 900, 60)
    assert.deepEqual(await statusesOf(test, stale), { EXPIRED: 500 })
    assert.deepEqual(await statusesOf(test, lasting), { DELIVERED: 500 })
    assert.equal(test.twilio.messages().length, 500)
  })
})

describe('ValidityPeriod', () => {
  it('is on every call: what is left of the life of the message', async (t) => {
    const test = await createTestApp(t)
    const lives = [60, 600, 4 * 3_600, 12 * 3_600]
    for (const life of lives) {
      const expiresAt = new Date(test.clock.now() + life * second)
      await accepted(test, { expiresAt, message: `lives for ${life} s` })
    }
    await accepted(test, { message: 'lives as long as they all do' })
    test.twilio.behave({ kind: 'refuse', code: 20003, times: 5 })
    await test.app.runDue()
    await live(test, 90, 1)
    const calls = test.twilio
      .requests()
      .flatMap((one) => (one.kind === 'api' && one.method === 'POST' ? [one] : []))
    assert.ok(calls.length >= 9)
    for (const { form, time } of calls) {
      const life = Number(/\d+/.exec(form.get('Body') ?? '')?.[0] ?? 4 * 3_600)
      const passed = (time.getTime() - Date.UTC(2026, 10, 1, 12)) / second
      // Twilio takes 1 to 36,000 and recommends more than 5.
      const left = Math.min(36_000, Math.max(6, Math.ceil(life - passed)))
      assert.equal(
        Number(form.get('ValidityPeriod')),
        left,
        `${form.get('Body')} after ${passed} s`,
      )
    }
  })
})

describe('silence', () => {
  it('is broken by asking: without any callback every message becomes final within 15 minutes', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'lost-callbacks', times: 'always' })
    const ids = [await accepted(test), await accepted(test, { toPhone: '+14155552672' })]
    await live(test, 900, 20)
    for (const id of ids) assert.equal(await statusOf(test, id), 'DELIVERED')
    const asked = test.twilio.requests().filter((one) => one.kind === 'api' && one.method === 'GET')
    assert.ok(asked.length <= 2 * 4, `asked ${asked.length} times for two messages`)
  })
})
