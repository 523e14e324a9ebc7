import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Client } from 'pg'
import type { Store, Tables } from '../../src/storage/store.ts'
import { createTestApp } from '../app.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { insertMessages, sampleEvent, sampleMessage } from '../storage/samples.ts'
import { startPostgres } from './server.ts'

const postgres = await startPostgres()

/** An app with one consumer on a store of its own, and what was handled. */
async function openApp(t: TestContext) {
  const place = postgres.newPlace()
  const test = await createTestApp(t, { config: { database: place } })
  const store = openPostgres(place)
  t.after(() => store.close())
  const handled: string[] = []
  test.app.on('message.*', ({ data }) => handled.push(data.messageId))
  await test.app.runDue()
  const ids = ['a', 'b', 'c', 'd']
  await insertMessages(
    store,
    ...ids.map((id) => sampleMessage({ id, status: 'SENT', nextAt: undefined })),
  )
  return { test, store, handled }
}

/** A transaction that stays open until it is told to end. */
async function begin(store: Store, work: (tables: Tables) => Promise<unknown>) {
  const { promise: asked, resolve: commit } = Promise.withResolvers<void>()
  const { promise: written, resolve: tell } = Promise.withResolvers<void>()
  const ended = store.transaction(async (tables) => {
    await work(tables)
    tell()
    await asked
  })
  await written
  return async () => {
    commit()
    await ended
  }
}

/** The event is at the server when it resolves: a write alone would leave with the commit. */
const append = (id: string) => async (tables: Tables) => {
  await tables.events.append([sampleEvent({ messageId: id })])
  await tables.events.end()
}

describe('events of transactions that overlap', () => {
  it('are all handled, also where the later one is committed first', async (t) => {
    const { test, store, handled } = await openApp(t)
    const commitA = await begin(store, append('a'))
    const commitB = await begin(store, append('b'))
    await commitB()
    await test.app.runDue()
    const commitC = await begin(store, append('c'))
    await append('d')(store)
    await test.app.runDue()
    await commitA()
    await test.app.runDue()
    await commitC()
    await test.app.runDue()
    assert.deepEqual(handled.toSorted(), ['a', 'b', 'c', 'd'])
  })

  it('of one message are handled in the order in which they happened to it', async (t) => {
    const { test, store, handled } = await openApp(t)
    const types: string[] = []
    test.app.on('message.*', ({ type }) => types.push(type), { consumer: 'types' })
    await test.app.runDue()
    // The first to begin comes to the message last.
    const { promise: second, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: begun, resolve: tell } = Promise.withResolvers<void>()
    const first = store.transaction(async (tables) => {
      await append('a')(tables)
      tell()
      await second
      await tables.events.append([sampleEvent({ messageId: 'b', status: 'DELIVERED' })])
    })
    await begun
    await store.events.append([sampleEvent({ messageId: 'b', status: 'SENT' })])
    goOn()
    await first
    await test.app.runDue()
    assert.deepEqual(handled, ['a', 'b', 'b'])
    assert.deepEqual(types, ['message.sent', 'message.sent', 'message.delivered'])
  })

  it('wait for a long transaction of somebody else, and are not lost', async (t) => {
    const { test, store, handled } = await openApp(t)
    const host = new Client({ connectionString: postgres.url })
    await host.connect()
    try {
      await host.query('begin')
      await host.query('select pg_current_xact_id()')
      for (const id of ['a', 'b']) await append(id)(store)
      await test.app.runDue()
      assert.deepEqual(handled, [])
      await host.query('commit')
      await test.app.runDue()
      assert.deepEqual(handled, ['a', 'b'])
    } finally {
      await host.end()
    }
  })
})

describe('messages.follow', () => {
  it('comes by every event once, also by those of long transactions that crossed', async (t) => {
    const { test, store } = await openApp(t)
    const { messages } = test.app
    const commitA = await begin(store, append('a'))
    let { next } = await messages.follow()
    const seen: (string | undefined)[] = []
    const look = async () => {
      for (;;) {
        const found = await messages.follow(next)
        next = found.next
        if (found.events.length === 0) return
        seen.push(...found.events.map(({ messageId }) => messageId))
      }
    }
    const commitB = await begin(store, append('b'))
    const commitC = await begin(store, append('c'))
    // So many others that nobody reads them again to find two.
    const others = Array.from({ length: 3_000 }, (_, i) => `other${i}`)
    await store.events.append(others.map((messageId) => sampleEvent({ messageId })))
    await look()
    await commitA()
    await look()
    assert.deepEqual(seen, ['a'])
    await commitB()
    await look()
    assert.deepEqual(seen, ['a', 'b'])
    await append('d')(store)
    await commitC()
    await look()
    assert.deepEqual(seen, ['a', 'b', 'c', ...others, 'd'])
  })
})
