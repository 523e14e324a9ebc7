import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { cameToRest, createFleet, type Query } from './fleet.ts'
import { runProgram, until } from './program.ts'

function openFile(t: TestContext, folder: string): Query {
  const database = new DatabaseSync(join(folder, 'sms.db'), { readOnly: true })
  t.after(() => database.close())
  return async (text) => database.prepare(text).all()
}

async function get(url: string, path: string) {
  const response = await fetch(`${url}${path}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('hsb-twilio serve --role', () => {
  it('api accepts and leaves the sending to a worker on the same file', async (t) => {
    const fleet = await createFleet(t, { delivery: { idlePollMs: 50 } })
    const api = await fleet.start('api')
    assert.equal(await fleet.send(api.url, 'Hello'), 202)
    assert.deepEqual((await get(api.url, '/readyz')).body['checks'], {
      started: true,
      database: true,
      queue: true,
      carrier: true,
      workers: true,
    })
    const query = openFile(t, fleet.folder)
    assert.deepEqual(await query('select * from sms_worker'), [])
    assert.equal(fleet.twilio.messages().length, 0)

    const worker = await fleet.start('worker')
    await until(() => fleet.twilio.messages().length === 1)
    const workers = await query('select pid from sms_worker')
    assert.equal(workers.length, 1)
    await worker.sink()
    assert.deepEqual(await query('select * from sms_worker'), [])
    assert.deepEqual(await query('select * from sms_lease'), [])
    await api.sink()
  })

  it('worker answers probes to everybody, and nothing else', async (t) => {
    const fleet = await createFleet(t, {})
    const worker = await fleet.start('worker')
    assert.deepEqual(await get(worker.url, '/livez'), { status: 200, body: { status: 'ok' } })
    const { status, body } = await get(worker.url, '/readyz')
    assert.equal(status, 200)
    assert.deepEqual(body['checks'], { started: true, database: true, queue: true, carrier: true })
    for (const path of ['/api/sms/send/', '/webhooks/sms/twilio/', '/nothing']) {
      const answer = await fetch(`${worker.url}${path}`, { method: 'POST' })
      assert.equal(answer.status, 404)
      assert.match(await answer.text(), /"code":"not-found"/)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
    }
  })

  it('refuses a role that there is not', async (t) => {
    const { code, stderr } = await runProgram(t, ['serve', '--role', 'both'])
    assert.equal(code, 2)
    assert.match(stderr, /'--role' must be one of api, worker, all, not 'both'/)
  })

  it('worker can be replaced again and again while messages are sent', async (t) => {
    const fleet = await createFleet(t, {})
    const api = await fleet.start('api')
    let worker = await fleet.start('worker')
    const stopSending = fleet.keepSending(() => [api])
    for (let n = 0; n < 5; n++) {
      const inFlight = fleet.twilio.messages().length
      await until(() => fleet.twilio.messages().length > inFlight + 20)
      const next = fleet.start('worker')
      await worker.sink()
      worker = await next
    }
    const accepted = await stopSending()
    const rest = await cameToRest(openFile(t, fleet.folder))
    t.diagnostic(`${accepted} messages, ${rest.claims} claims`)
    assert.deepEqual([rest.messages, rest.doubts, rest.others], [accepted, 0, []])
    const texts = fleet.twilio.messages().map(({ body }) => body)
    assert.equal(new Set(texts).size, accepted)
    assert.equal(texts.length, accepted)
    await worker.sink()
    await api.sink()
  })
})
