import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestApp } from './app.ts'
import { createFolder } from './cli/program.ts'
import { StorageError } from '../src/storage/errors.ts'
import { post, sentMessage, signedCallback, statusOf } from './signed-callback.ts'
import { startStopwatch } from './stopwatch.ts'

const to_phone = '+14155552671'

describe('a SQLite file that another process keeps locked', { timeout: 30_000 }, () => {
  it('costs a 503 within about a second, for texts, codes and checks, and nothing accepted', async (t) => {
    const file = join(await createFolder(t), 'sms.db')
    const test = await createTestApp(t, { config: { database: `file:${file}` } })
    const send = () => test.request('POST', '/api/sms/send/', { to_phone, message: 'x' })
    const before = await send()
    const started = await test.request('POST', '/api/sms/verify/start/', { to_phone })
    const { verification_id } = started.body
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    const [from, elapsed] = [performance.now(), startStopwatch()]
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, send),
      test.request('POST', '/api/sms/verify/start/', { to_phone: '+14155552672' }),
      test.request('POST', '/api/sms/verify/check/', { verification_id, code: '123456' }),
    ])
    const [ms, waitedMs] = [elapsed(), performance.now() - from]
    other.exec('rollback')
    for (const { status, headers } of answers) {
      assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [503, true])
    }
    assert.ok(ms < 1_800, `${ms} ms`)
    assert.ok(waitedMs > 500, 'a lock of a moment is waited for')
    const events = new Set(test.logs.map(({ fields }) => fields['event']))
    for (const event of ['accept-failed', 'start-failed', 'check-failed']) {
      assert.ok(events.has(event), event)
    }
    assert.equal((await send()).status, 202)
    const id = String(before.body['id'])
    assert.equal((await test.app.messages.get(id))?.message.id, id)
  })

  it('costs the same for callbacks, and for what the host itself asks', async (t) => {
    const file = join(await createFolder(t), 'sms.db')
    const test = await createTestApp(t, { config: { database: `file:${file}` } })
    const { id, sid } = await sentMessage(test)
    const started = await test.request('POST', '/api/sms/verify/start/', { to_phone })
    const other = new DatabaseSync(file)
    t.after(() => other.close())
    other.exec('begin immediate')
    const elapsed = startStopwatch()
    const callback = signedCallback(test, { sid, status: 'delivered' })
    // The second one comes while the first one waits, and must not wait after it.
    const first = post(test, callback)
    const second = delay(400).then(() => post(test, callback))
    const ours = [
      test.app.optOuts.add('+14155552672', 'asked to'),
      test.app.optOuts.remove('+14155552672'),
      test.app.verifications.cancel(String(started.body['verification_id'])),
    ]
    for (const end of await Promise.allSettled(ours))
      assert.ok(end.status === 'rejected' && end.reason instanceof StorageError, end.status)
    for (const { status, headers } of await Promise.all([first, second]))
      assert.deepEqual([status, Number(headers.get('retry-after')) > 0], [503, true])
    const ms = elapsed()
    assert.ok(ms < 1_800, `${ms} ms`)
    // It reads while somebody writes.
    assert.equal(await statusOf(test, id), 'ACCEPTED')
    other.exec('rollback')
    assert.equal((await post(test, callback)).status, 204)
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })
})
