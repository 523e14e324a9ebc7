import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { StorageError } from '../../src/storage/errors.ts'
import { createTestApp, type TestApp } from '../app.ts'
import { post, sentMessage, signedCallback, statusOf } from '../signed-callback.ts'
import { layCable } from './cable.ts'
import { startPostgres } from './server.ts'
import { startStopwatch } from '../stopwatch.ts'

const postgres = await startPostgres()
const to_phone = '+14155552671'

function send(test: TestApp, message = 'x', phone = to_phone) {
  return test.request('POST', '/api/sms/send/', { to_phone: phone, message })
}

/** Somebody else who keeps every row of a table until the returned function is called. */
async function holdRows(table: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  await client.query('begin')
  await client.query(`select * from ${table} for update`)
  return async () => {
    await client.query('commit')
    await client.end()
  }
}

describe('a PostgreSQL that says nothing', { timeout: 60_000 }, () => {
  it('costs a 503 within about a second, again and again, and is back within five', async (t) => {
    const cable = await layCable(postgres.url)
    t.after(() => cable.close())
    const database = { ...postgres.newPlace(), url: cable.url }
    const test = await createTestApp(t, { config: { database } })
    const accepted: string[] = []
    for (let round = 0; round < 3; round++) {
      accepted.push(String((await send(test)).body['id']))
      cable.clog()
      for (let again = 0; again < 2; again++) {
        const elapsed = startStopwatch()
        const start = test.request('POST', '/api/sms/verify/start/', { to_phone })
        const answers = await Promise.all([...Array.from({ length: 20 }, () => send(test)), start])
        const ms = elapsed()
        for (const { status, headers } of answers) {
          assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [503, true])
        }
        assert.ok(ms < 1_800, `${ms} ms`)
      }
      await cable.mend()
      const until = performance.now() + 5_000
      let back = await send(test)
      while (back.status !== 202 && performance.now() < until) back = await send(test)
      assert.equal(back.status, 202)
      accepted.push(String(back.body['id']))
    }
    for (const id of accepted) assert.equal((await test.app.messages.get(id))?.message.id, id)
  })

  it('costs the same at every other endpoint, and for what the host itself asks', async (t) => {
    const cable = await layCable(postgres.url)
    t.after(() => cable.close())
    const database = { ...postgres.newPlace(), url: cable.url }
    const test = await createTestApp(t, { config: { database } })
    const { id, sid } = await sentMessage(test)
    const started = await test.request('POST', '/api/sms/verify/start/', { to_phone })
    const verification_id = String(started.body['verification_id'])
    const callback = signedCallback(test, { sid, status: 'delivered' })
    cable.clog()
    const elapsed = startStopwatch()
    const answers = Promise.all([
      post(test, callback),
      delay(400).then(() => post(test, callback)),
      test.request('GET', `/api/sms/${id}/status/`),
      test.request('POST', '/api/sms/verify/check/', { verification_id, code: '123456' }),
    ])
    const ours = [
      test.app.optOuts.add('+14155552672', 'asked to'),
      test.app.optOuts.remove('+14155552672'),
      test.app.verifications.cancel(verification_id),
    ]
    for (const end of await Promise.allSettled(ours))
      assert.ok(end.status === 'rejected' && end.reason instanceof StorageError, end.status)
    for (const { status, headers } of await answers)
      assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [503, true])
    const ms = elapsed()
    assert.ok(ms < 1_800, `${ms} ms`)
    await cable.mend()
  })

  it('is not waited for longer where somebody keeps the row', async (t) => {
    const database = postgres.newPlace()
    const test = await createTestApp(t, { config: { database } })
    const { id, sid } = await sentMessage(test)
    const table = `${database.schema}.sms_log`
    const release = await holdRows(table)
    const elapsed = startStopwatch()
    const callback = signedCallback(test, { sid, status: 'delivered' })
    const refused = await post(test, callback)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
    assert.ok(elapsed() < 1_800)
    await release()
    assert.equal((await post(test, callback)).status, 204)
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })
})

describe('a counter that somebody holds', { timeout: 30_000 }, () => {
  it('lets the text go uncounted where that is set, refuses the code, and leaves neighbours alone', async (t) => {
    const database = postgres.newPlace()
    const messagesPerPhone = [{ limit: 5, windowSeconds: 60 }]
    const test = await createTestApp(t, { config: { database, throttles: { messagesPerPhone } } })
    await send(test)
    await test.request('POST', '/api/sms/verify/start/', { to_phone })
    const release = await holdRows(`${database.schema}.sms_throttle`)
    const other = '+14155552672'
    const elapsed = startStopwatch()
    const [text, neighbour, code] = await Promise.all([
      send(test),
      send(test, 'x', other),
      test.request('POST', '/api/sms/verify/start/', { to_phone }),
    ])
    const ms = elapsed()
    assert.deepEqual([text.status, neighbour.status, code.status], [202, 202, 503])
    assert.ok(ms < 2_500, `${ms} ms`)
    const down = test.logs.filter(({ fields }) => fields['event'] === 'throttles-down')
    assert.equal(down.length, 1)
    await release()
    const rows = await postgres.query(`select hits from ${database.schema}.sms_throttle
      where key = 'sms:send:${other}'`)
    assert.match(String(rows[0]?.['hits']), /^\[\[\d+,1\]\]$/, 'the neighbour is counted')
  })
})
