import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createFleet, type Fleet, mostIn } from './fleet.ts'

const senders = { '+12025550101': 1, '+12025550103': 3, '+12025550110': 10, '+12025550199': 100 }
const pool = `MG${'a'.repeat(32)}`

/** What a sender's limit counts: 160 characters are one segment, after that it is 153. */
const segmentsOf = (text: string) => (text.length <= 160 ? 1 : Math.ceil(text.length / 153))

interface Arrival {
  at: number
  segments: number
  body: string
}

function arrivalsOf(fleet: Fleet, sender: string): Arrival[] {
  return fleet
    .sends()
    .filter(({ form }) => form.get('From') === sender || form.get('MessagingServiceSid') === sender)
    .map(({ at, form }) => {
      const body = form.get('Body') ?? ''
      return { at, body, segments: segmentsOf(body) }
    })
}

async function accept(fleet: Fleet, fromPhone: string, message: string, n: number): Promise<void> {
  const toPhone = `+1415555${String(2_000 + (n % 8_000)).padStart(4, '0')}`
  const sent = await fleet.app.messages.send({ toPhone, fromPhone, message })
  assert.equal(sent.kind, 'accepted')
}

describe('the pace of senders', () => {
  it('holds in every second, over four processes, for 2,000 messages of four senders', async (t) => {
    const fleet = await createFleet(t, {
      apps: 4,
      requestLogSize: 50_000,
      config: { delivery: { pace: { senders } } },
    })
    const counts = { '+12025550101': 20, '+12025550103': 60, '+12025550110': 180 }
    const plan = Object.entries({ ...counts, '+12025550199': 1_740 })
    const posts: Promise<void>[] = []
    for (const [sender, count] of plan) {
      for (let i = 0; i < count; i++) {
        // One in ten is two segments, and with the slowest sender longer than its limit.
        const text = `${sender} ${i} `.padEnd(i % 10 === 3 ? 200 : 20, '.')
        posts.push(accept(fleet, sender, text, i))
      }
    }
    await Promise.all(posts)
    await fleet.live(34, 0.05)
    assert.deepEqual(
      Object.keys(fleet.standings()).toSorted(),
      ['ACCEPTED', 'DELIVERED', 'SENT'].filter((one) => one in fleet.standings()),
    )
    for (const [sender, count] of plan) {
      const arrivals = arrivalsOf(fleet, sender)
      assert.equal(new Set(arrivals.map((one) => one.body)).size, count)
      assert.equal(arrivals.length, count, 'none is doubled')
      const limit = senders[sender as keyof typeof senders]
      const costs = arrivals.map((one) => Math.min(one.segments, limit))
      const moments = arrivals.map((one) => one.at)
      const most = mostIn(1_000, moments, costs)
      assert.ok(most <= limit, `${most} segments of ${sender} in one second`)
      // And not much slower than it may be.
      const seconds = ((moments.at(-1) ?? 0) - (moments[0] ?? 0)) / 1_000
      const segments = costs.reduce((sum, one) => sum + one, 0)
      const leastSeconds = ((segments - limit) / limit) * 1.15
      assert.ok(
        seconds <= leastSeconds * 1.2 + 2,
        `${sender} took ${seconds} s, not ${leastSeconds}`,
      )
    }
  })

  it('lets a backlog wait in the queue: others pass, a code of the same sender goes first', async (t) => {
    const fleet = await createFleet(t, {
      apps: 1,
      requestLogSize: 50_000,
      config: {
        verification: {
          backend: 'own-codes',
          secrets: ['a secret of a test, long enough to be one'],
          countries: 'all',
        },
        delivery: { pace: { default: 1, senders: { '+12025550199': 100 } } },
      },
    })
    await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => accept(fleet, '+15005550006', `slow ${i}`, i)),
    )
    await fleet.live(1, 0.1)
    const { QUEUED } = fleet.standings('polls = 1')
    assert.ok(QUEUED && QUEUED >= 1_990, 'each was put off, once')
    const distinct = fleet.standings('next_at > updated_at + 1000000 and polls > 0')['QUEUED']
    assert.ok(distinct && distinct > 1_000, 'and far apart')

    for (let i = 0; i < 50; i++) await accept(fleet, '+12025550199', `quick ${i}`, i)
    const started = await fleet.app.verifications.start({ toPhone: '+14155552671' })
    assert.equal(started.kind, 'started')
    await fleet.live(3, 0.1)
    assert.equal(arrivalsOf(fleet, '+12025550199').length, 50)
    const slow = arrivalsOf(fleet, '+15005550006').map((one) => one.body)
    assert.match(slow[1] ?? '', /verification code/)
    await fleet.live(60, 0.25)
    const since = arrivalsOf(fleet, '+15005550006')
    assert.ok(since.length >= 50, `${since.length} in 64 s`)
    const putOffs = fleet.standings('polls > 6')['QUEUED'] ?? 0
    assert.equal(putOffs, 0, 'nobody is written again and again')
  })

  it('counts a messaging service by its SID, and everybody by the default', async (t) => {
    const fleet = await createFleet(t, {
      apps: 1,
      config: { delivery: { pace: { default: 2, senders: { [pool]: 1 } } } },
    })
    for (let i = 0; i < 6; i++) {
      const toPhone = `+141555520${10 + i}`
      await fleet.app.messages.send({ toPhone, messagingServiceSid: pool, message: `pool ${i}` })
      await fleet.app.messages.send({ toPhone, message: `plain ${i}` })
    }
    await fleet.live(12, 0.1)
    for (const [sender, limit] of [
      [pool, 1],
      ['+15005550006', 2],
    ] as const) {
      const moments = arrivalsOf(fleet, sender).map((one) => one.at)
      assert.equal(moments.length, 6)
      assert.equal(mostIn(1_000, moments), limit)
    }
  })
})
