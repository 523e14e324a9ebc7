import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Behaviour } from '@hsb/twilio-simulator'
import { createFleet, type Fleet, mostIn } from './fleet.ts'

const numberOf = (i: number) => `+1415555${String(2_000 + i).padStart(4, '0')}`

/** As many texts, each to a number of its own. */
async function accept(fleet: Fleet, count: number, from = 0): Promise<void> {
  const sends = Array.from({ length: count }, (_, i) =>
    fleet.app.messages.send({ toPhone: numberOf(from + i), message: `text ${from + i}` }),
  )
  for (const sent of await Promise.all(sends)) assert.equal(sent.kind, 'accepted')
}

/** Every number got as many texts as it was sent. */
function assertOnce(fleet: Fleet, count: number): void {
  const texts = fleet.twilio.messages().map((one) => one.body)
  assert.equal(texts.length, count)
  assert.equal(new Set(texts).size, count, 'none is doubled')
}

const down: Behaviour = {
  kind: 'server-error',
  httpStatus: 503,
  before: 'accepting',
  operation: 'any',
  times: 'always',
}

describe('a Twilio that is down for ten minutes', () => {
  it('costs nothing but time: one probe in five seconds from all processes together', async (t) => {
    const fleet = await createFleet(t, { apps: 3, requestLogSize: 50_000 })
    await accept(fleet, 2_000)
    fleet.twilio.behave(down)
    await fleet.live(5, 1)
    const asked = fleet.twilio.requests().length
    assert.ok(asked >= 15 && asked <= 24, `${asked} calls until every breaker was open`)
    assert.deepEqual(fleet.logged('breaker-open'), [1, 1, 1])
    assert.equal((await fleet.app.readiness()).checks.carrier, false)
    assert.equal((await fleet.request('GET', '/readyz')).status, 503)

    await fleet.live(595, 2.5)
    await accept(fleet, 10, 2_000)
    const probes = fleet.twilio.requests().slice(asked)
    assert.ok(probes.length >= 100 && probes.length <= 120, `${probes.length} probes`)
    const moments = probes.map((one) => one.time.getTime())
    assert.equal(mostIn(5_000, moments), 1)
    const { QUEUED, IN_DOUBT } = fleet.standings()
    assert.equal(IN_DOUBT, asked + probes.length)
    assert.equal(QUEUED, 2_010 - asked - probes.length)
    assert.equal(fleet.standings('attempts = 0')['QUEUED'], QUEUED, 'no attempt is lost by waiting')

    fleet.twilio.clearBehaviours()
    await fleet.live(300, 2.5)
    assert.deepEqual(fleet.logged('breaker-open'), [1, 1, 1])
    assert.deepEqual(fleet.logged('breaker-closed'), [1, 1, 1])
    assert.equal((await fleet.app.readiness()).ready, true)
    assert.deepEqual(fleet.standings(), { DELIVERED: 2_010 })
    assertOnce(fleet, 2_010)
    const calls = fleet.sends().length
    assert.ok(calls <= 1.2 * 2_010, `${calls} calls for 2,010 messages`)
  })

  it('is found out to be back when all that is left is doubtful', async (t) => {
    const fleet = await createFleet(t, { apps: 1 })
    fleet.twilio.behave(down)
    await accept(fleet, 8)
    await fleet.live(120)
    assert.deepEqual(fleet.standings(), { IN_DOUBT: 8 })
    const lookUps = fleet.twilio.requests().filter((one) => one.method === 'GET')
    assert.equal(
      mostIn(
        5_000,
        lookUps.map((one) => one.time.getTime()),
      ),
      1,
    )
    fleet.twilio.clearBehaviours()
    await fleet.live(60)
    assert.deepEqual(fleet.standings(), { DELIVERED: 8 })
    assertOnce(fleet, 8)
  })

  it('leaves no breaker open where nothing is left to be sent', async (t) => {
    const fleet = await createFleet(t, {
      apps: 1,
      config: { delivery: { whenNotFound: { message: 'fail' } } },
    })
    fleet.twilio.behave({ ...down, times: 8 })
    const expiresAt = new Date(fleet.clock.now() + 60_000)
    for (let i = 0; i < 8; i++) {
      await fleet.app.messages.send({ toPhone: numberOf(i), message: 'soon stale', expiresAt })
    }
    await fleet.live(5)
    assert.equal((await fleet.app.readiness()).checks.carrier, false)
    await fleet.live(180)
    assert.equal((await fleet.app.readiness()).checks.carrier, true)
  })
})

describe('a Twilio that answers 429 for a minute', () => {
  for (const retryAfterSeconds of [undefined, 7]) {
    it(`is asked seldom, and nothing is lost: Retry-After ${retryAfterSeconds}`, async (t) => {
      const fleet = await createFleet(t, { apps: 1, requestLogSize: 50_000 })
      await accept(fleet, 1_000)
      fleet.twilio.behave({ kind: 'busy', retryAfterSeconds, times: 'always' })
      await fleet.live(60, 0.05)
      const refused = fleet.sends().map((one) => one.at)
      assert.ok(mostIn(1_000, refused) <= 10, `${mostIn(1_000, refused)} in one second`)
      const gaps = refused.slice(1).map((at, i) => at - (refused[i] ?? 0))
      const leastMs = retryAfterSeconds === undefined ? 500 : retryAfterSeconds * 1_000
      for (const gap of gaps.filter((one) => one > 0)) assert.ok(gap >= leastMs, `${gap} ms`)
      assert.ok(refused.length >= 8 + 60 / ((retryAfterSeconds ?? 0.5) + 2), 'it asks again')

      fleet.twilio.clearBehaviours()
      await fleet.live(30, 0.5)
      assert.equal((await fleet.app.readiness()).checks.carrier, true, 'busy is an answer')
      await fleet.live(60)
      assert.deepEqual(fleet.standings(), { DELIVERED: 1_000 })
      assertOnce(fleet, 1_000)
    })
  }
})

describe('a code that waited out an outage', () => {
  it('is never sent; the texts beside it are, once', async (t) => {
    const fleet = await createFleet(t, {
      apps: 1,
      requestLogSize: 50_000,
      config: {
        verification: {
          backend: 'own-codes',
          secrets: ['a secret of a test, long enough to be one'],
          countries: 'all',
          lifetimeSeconds: 300,
        },
      },
    })
    fleet.twilio.behave(down)
    for (let i = 0; i < 500; i++) {
      const started = await fleet.app.verifications.start({ toPhone: numberOf(i) })
      assert.equal(started.kind, 'started')
    }
    await accept(fleet, 500, 500)
    await fleet.live(900)
    fleet.twilio.clearBehaviours()
    await fleet.live(300)
    assert.deepEqual(fleet.standings('verification_id is null'), { DELIVERED: 500 })
    assertOnce(fleet, 500)
    assert.ok(fleet.twilio.messages().every((one) => /^text \d+$/.test(one.body)))
    const codes = fleet.sends().filter((one) => !one.form.get('Body')?.startsWith('text '))
    assert.ok(codes.length > 0, 'some codes were tried while they were worth something')
    assert.ok(codes.every((one) => one.status === 503))
    for (const { form } of fleet.sends()) {
      const seconds = Number(form.get('ValidityPeriod'))
      const most = form.get('Body')?.startsWith('text ') ? 4 * 3_600 : 300
      assert.ok(seconds >= 6 && seconds <= most, `${form.get('Body')}: ${seconds} s`)
    }
    assert.deepEqual(fleet.standings('verification_id is not null'), { EXPIRED: 500 })
  })
})
