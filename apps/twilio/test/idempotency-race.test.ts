import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import type { Store } from '../src/storage/store.ts'
import { createTestApp, type Reply, type TestApp } from './app.ts'

const body = { to_phone: '+14155552671', message: 'Your table is ready' }

function send(test: TestApp, payload: unknown = body): Promise<Reply> {
  return test.request('POST', '/api/sms/send/', payload, { 'idempotency-key': 'k' })
}

/** A store whose transactions do everything but commit, until they are let go. */
function createSlowStore(file: string) {
  const real = openSqlite(file)
  let gate: PromiseWithResolvers<void> | undefined
  let begun = Promise.withResolvers<void>()
  const store: Store = {
    ...real,
    transaction: (work) =>
      real.transaction(async (tables) => {
        const result = await work(tables)
        begun.resolve()
        await gate?.promise
        return result
      }),
  }
  return {
    store,
    hold() {
      gate = Promise.withResolvers()
      begun = Promise.withResolvers()
    },
    /** Resolves when a transaction has come to the point where it is held. */
    held: () => begun.promise,
    letGo: () => gate?.resolve(),
  }
}

/** Notes the answers that are there, in their order. */
function watch(replies: Promise<Reply>[]): Reply[] {
  const answered: Reply[] = []
  for (const reply of replies) void reply.then((one) => answered.push(one))
  return answered
}

describe('a key whose first request is still being accepted', () => {
  it('lets repetitions wait, however long it takes, and gives them its message', async (t) => {
    const slow = createSlowStore(':memory:')
    const test = await createTestApp(t, { store: slow.store })
    slow.hold()
    const replies = [send(test)]
    await slow.held()
    // While the first one takes 30 seconds: after 1, 6, 12 and 29.
    for (const seconds of [1, 5, 6, 17]) {
      await test.advance(seconds * 1_000)
      replies.push(send(test))
    }
    const answered = watch(replies)
    await test.advance(1_000)
    for (let i = 0; i < 50; i++) await turn()
    assert.deepEqual(answered, [], 'nobody may be answered before it is on disk')
    slow.letGo()
    const all = await Promise.all(replies)
    assert.deepEqual(new Set(all.map((one) => one.status)), new Set([202]))
    assert.equal(new Set(all.map((one) => one.body['id'])).size, 1)
    assert.equal(all.filter((one) => one.headers.has('idempotent-replayed')).length, 4)
    await test.app.runDue()
    assert.equal(test.twilio.messages().length, 1)
  })

  it('refuses another request with that key, once it knows', async (t) => {
    const slow = createSlowStore(':memory:')
    const test = await createTestApp(t, { store: slow.store })
    slow.hold()
    const first = send(test)
    await slow.held()
    const other = send(test, { ...body, message: 'Your table is gone' })
    slow.letGo()
    assert.equal((await first).status, 202)
    assert.equal((await other).status, 422)
  })

  it('lets repetitions at another process wait too', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-race-'))
    const file = join(folder, 'sms.db')
    const slow = createSlowStore(file)
    const authorize = () => ({ id: 'one caller', scopes: ['send', 'read'] as const })
    const one = await createTestApp(t, { store: slow.store, config: { authorize } })
    const two = await createTestApp(t, { config: { authorize, database: `file:${file}` } })
    slow.hold()
    const first = send(one)
    await slow.held()
    const second = send(two)
    const answered = watch([first, second])
    for (let i = 0; i < 50; i++) await turn()
    assert.deepEqual(answered, [])
    slow.letGo()
    const [here, there] = [await first, await second]
    assert.deepEqual([here.status, there.status], [202, 202])
    assert.equal(there.body['id'], here.body['id'])
    assert.equal(there.headers.get('idempotent-replayed'), 'true')
    await one.app.runDue()
    await two.app.runDue()
    assert.equal(one.twilio.messages().length + two.twilio.messages().length, 1)
    await Promise.all([one.stop(), two.stop()])
    rmSync(folder, { recursive: true })
  })
})
