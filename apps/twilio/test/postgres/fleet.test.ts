import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { cameToRest, createFleet, type Query } from '../cli/fleet.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

/** Two APIs and four workers on one database. */
async function launch(t: TestContext) {
  const { url, schema } = postgres.newPlace()
  const query: Query = (text) => postgres.query(text.replaceAll(/\bsms_\w+/g, `${schema}.$&`))
  const fleet = await createFleet(t, { database: { url, schema } })
  const apis = await Promise.all([fleet.start('api'), fleet.start('api')])
  const workers = await Promise.all(Array.from({ length: 4 }, () => fleet.start('worker')))

  /** Every text arrived exactly once, and nobody ever wondered. */
  async function assertTotals(accepted: number) {
    const rest = await cameToRest(query)
    assert.deepEqual([rest.messages, rest.doubts, rest.others], [accepted, 0, []])
    const texts = fleet.twilio.messages().map(({ body }) => body)
    assert.equal(new Set(texts).size, accepted)
    assert.equal(texts.length, accepted)
    return rest
  }
  return { fleet, apis, workers, query, assertTotals }
}

describe('two APIs and four workers on one PostgreSQL', () => {
  it('claim each message once and send it once', async (t) => {
    const { fleet, apis, workers, query, assertTotals } = await launch(t)
    const stopSending = fleet.keepSending(() => apis)
    while (fleet.twilio.messages().length < 400) await query('select 1')
    const busy = await query('select in_flight from sms_worker')
    const accepted = await stopSending()
    const { claims, claimedTwice } = await assertTotals(accepted)
    t.diagnostic(`${accepted} messages, ${claims} claims, ${busy.length} workers`)
    assert.deepEqual([claims, claimedTwice, busy.length], [accepted, 0, 4])
    for (const ship of [...apis, ...workers]) await ship.sink()
    assert.deepEqual(await query('select * from sms_worker'), [])
    assert.deepEqual(await query('select * from sms_lease'), [])
  })

  it('can be replaced one after another while messages are sent', async (t) => {
    const { fleet, apis, workers, query, assertTotals } = await launch(t)
    const stopSending = fleet.keepSending(() => apis)
    for (let n = 0; n < 5; n++) {
      const sent = fleet.twilio.messages().length
      while (fleet.twilio.messages().length < sent + 50) await query('select 1')
      const next = fleet.start('worker')
      await workers.shift()?.sink()
      workers.push(await next)
    }
    const accepted = await stopSending()
    const { claims } = await assertTotals(accepted)
    t.diagnostic(`${accepted} messages, ${claims} claims`)
    for (const ship of [...apis, ...workers]) await ship.sink()
  })
})
