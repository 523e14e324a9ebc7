import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Pool } from 'pg'
import { createTestApp, type TestApp, type TestOptions } from '../app.ts'
import { endPool } from './end-pool.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()
const [one, two, three] = ['+14155552671', '+14155552672', '+14155552673'] as const
const minute = 60_000

interface Counted extends TestApp {
  /** How often something was asked of the server while `work` ran, and what came of that. */
  tripsOf<T>(work: () => Promise<T>): Promise<{ trips: number; result: T }>
}

/** An app over a pool of the host's that counts. */
async function createCounted(t: TestContext, config: TestOptions['config'] = {}): Promise<Counted> {
  const { url: connectionString, schema } = postgres.newPlace()
  await postgres.query(`create schema ${schema}`)
  const pool = new Pool({ connectionString, options: `-c search_path=${schema}` })
  let trips = 0
  pool.on('connect', (client) => {
    const query: (...asked: unknown[]) => unknown = client.query.bind(client)
    const counting = (...asked: unknown[]) => {
      trips++
      return query(...asked)
    }
    Object.assign(client, { query: counting })
  })
  const test = await createTestApp(t, { config: { ...config, database: { pool } } })
  t.after(() => endPool(pool))
  return {
    ...test,
    async tripsOf(work) {
      const before = trips
      const result = await work()
      return { trips: trips - before, result }
    },
  }
}

const send = ({ app }: TestApp, toPhone: string, more = {}) =>
  app.messages.send({ toPhone, message: `to ${toPhone}`, ...more })

describe('a message on PostgreSQL', () => {
  it('is accepted in one round trip, and with a key in two', async (t) => {
    const sms = await createCounted(t)
    await send(sms, one)
    assert.equal((await sms.tripsOf(() => send(sms, one))).trips, 1)
    const withKey = () => send(sms, two, { idempotencyKey: 'order-1' })
    const { trips, result } = await sms.tripsOf(withKey)
    assert.equal(trips, 2)
    const again = await sms.tripsOf(withKey)
    assert.equal(again.trips, 2)
    assert.ok(result.kind === 'accepted' && again.result.kind === 'accepted')
    assert.equal(again.result.message.id, result.message.id)
  })

  it('is refused where its phone has opted out, and its neighbours are accepted once', async (t) => {
    const sms = await createCounted(t)
    await sms.app.optOuts.add(two, 'asked us to')
    const sendAll = () => Promise.all([one, two, three].map((phone) => send(sms, phone)))
    const kinds = ['accepted', 'opted-out', 'accepted']
    const { result } = await sms.tripsOf(sendAll)
    assert.deepEqual(
      result.map((sent) => sent.kind),
      kinds,
    )
    const { messages } = await sms.app.messages.list()
    assert.deepEqual(messages.map((message) => message.toPhone).toSorted(), [one, three])
    const events = await Promise.all(messages.map(({ id }) => sms.app.messages.get(id)))
    assert.deepEqual(
      events.map((message) => message?.events.length),
      [1, 1],
    )

    // For a minute it looks, instead of being wrong once more: the server's log says each time.
    const looks = await sms.tripsOf(sendAll)
    assert.equal(looks.trips, 2)
    assert.deepEqual(
      looks.result.map((sent) => sent.kind),
      kinds,
    )
    await sms.advance(minute)
    assert.equal((await sms.tripsOf(() => send(sms, one))).trips, 1)
  })

  it('that is refused takes nothing from a limit', async (t) => {
    const messagesPerPhone = [{ limit: 1, windowSeconds: 3_600 }]
    const sms = await createCounted(t, { throttles: { messagesPerPhone } })
    await sms.app.optOuts.add(one, 'asked us to')
    assert.equal((await send(sms, one)).kind, 'opted-out')
    await sms.app.optOuts.remove(one)
    assert.equal((await send(sms, one)).kind, 'accepted')
    assert.equal((await send(sms, one)).kind, 'throttled')
  })
})
