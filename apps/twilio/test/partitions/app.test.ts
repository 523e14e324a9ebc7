import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { startPostgres } from '../postgres/server.ts'
import { operate, partition } from './partitioned.ts'

const postgres = await startPostgres()
const day = 86_400_000

async function sendSome(test: TestApp, count: number): Promise<string[]> {
  const replies = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      test.request('POST', '/api/sms/send/', {
        to_phone: `+1415555${1_000 + i}`,
        message: 'Your table is ready',
      }),
    ),
  )
  for (const reply of replies) assert.equal(reply.status, 202)
  return replies.map((reply) => String(reply.body['id']))
}

async function statusOf(test: TestApp, id: string): Promise<unknown> {
  const reply = await test.request('GET', `/api/sms/${id}/status/`)
  return reply.status === 200 ? reply.body['status'] : reply.status
}

describe('the app on partitioned tables', () => {
  it('delivers, and goes on while a month is dropped', async (t) => {
    const place = postgres.newPlace()
    const store = openPostgres(place)
    await store.migrate()
    await store.close()
    await partition(place, '2026-11-01Z')
    await operate(place, `select sms_make_months(2, '2026-11-01Z')`)
    const test = await createTestApp(t, { config: { database: place } })

    const old = await sendSome(test, 20)
    await test.app.runDue()
    await test.advance(5_000)
    for (const id of old) assert.equal(await statusOf(test, id), 'DELIVERED')
    const reply = await test.request('GET', `/api/sms/${old[0]}/status/`)
    const events = (reply.body['events'] as { status: string }[]).map(({ status }) => status)
    assert.deepEqual(events, ['QUEUED', 'SENDING', 'ACCEPTED', 'SENT', 'DELIVERED'])

    await test.advance(31 * day)
    // What they cost is asked last; a month is dropped only when nothing is left to do.
    await test.app.runDue()
    const [first, dropped, second] = await Promise.all([
      sendSome(test, 20),
      operate(place, `select sms_drop_months('8 days', '2026-12-31Z') as name`),
      sendSome(test, 20),
    ])
    assert.deepEqual(
      dropped.map((row) => row['name']),
      ['_before', '_2026_11'],
    )
    const running = Promise.all([test.app.runDue(), sendSome(test, 20)])
    const third = (await running)[1]
    await test.app.runDue()
    await test.advance(5_000)
    const young = [...first, ...second, ...third]
    for (const id of young) assert.equal(await statusOf(test, id), 'DELIVERED')
    for (const id of old) assert.equal(await statusOf(test, id), 404)
    assert.equal(test.twilio.messages().length, old.length + young.length)
    const lost = await operate(place, 'select count(*)::int as rows from sms_log_rest')
    assert.deepEqual(lost, [{ rows: 0 }])
  })
})
