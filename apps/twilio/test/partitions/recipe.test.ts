import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createIds } from '../../src/domain/id.ts'
import type { Message } from '../../src/domain/message.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import type { Store } from '../../src/storage/store.ts'
import { createTestClock } from '../clock.ts'
import { startPostgres } from '../postgres/server.ts'
import {
  idsOf,
  insertMessages,
  openFor,
  sampleEvent,
  sampleMessage,
  sampleMove,
} from '../storage/samples.ts'
import { operate, partition, type Place } from './partitioned.ts'

const postgres = await startPostgres()
const random = (length: number) => Buffer.alloc(length, 7)

/** The id of a message that was made at this moment. */
function idAt(moment: string): string {
  return createIds(createTestClock(Date.parse(moment)), random)()
}

function messageAt(moment: string, overrides: Partial<Message> = {}): Message {
  const done = { status: 'DELIVERED', nextAt: undefined } as const
  return sampleMessage({ id: idAt(moment), ...done, ...overrides })
}

async function openPlain(t: TestContext): Promise<{ place: Place; store: Store }> {
  const place = postgres.newPlace()
  return { place, store: await openFor(t, async () => openPostgres(place)) }
}

/** Which partition each row lies in. */
async function whereabouts(place: Place, table: string): Promise<unknown[]> {
  const rows = await operate(
    place,
    `select tableoid::regclass::text as name from ${table} order by id`,
  )
  return rows.map((row) => String(row['name']).replace(`${place.schema}.`, ''))
}

describe('sms_partition', () => {
  it('keeps what is there, and counts events on from where they were', async (t) => {
    const { place, store } = await openPlain(t)
    const old = messageAt('2026-11-05T00:00:00Z', { providerMsgId: 'SM1' })
    await insertMessages(store, old)
    const early = sampleEvent({ messageId: undefined, providerMsgId: 'SM2', dedupeKey: 'early' })
    await store.events.append([sampleEvent({ messageId: old.id, dedupeKey: 'k' }), early])
    await partition(place, '2026-12-01Z')
    await operate(place, `select sms_make_months(1, '2026-12-24Z')`)

    const next = messageAt('2026-12-01T00:00:00Z', { providerMsgId: 'SM2' })
    await insertMessages(store, next)
    const [again, fresh] = await store.events.append([
      sampleEvent({ messageId: old.id, dedupeKey: 'k' }),
      sampleEvent({ messageId: next.id, dedupeKey: 'other' }),
    ])
    assert.deepEqual([again, fresh], [false, true])
    const [adopted] = await store.events.adopt([{ providerMsgId: 'SM2', messageId: next.id }])
    assert.equal(adopted?.messageId, next.id)
    assert.deepEqual(await store.messages.findMany([next.id, old.id]), [next, old])
    assert.deepEqual(idsOf(await store.messages.findByProviderIds(['SM1', 'SM2'])), [
      old.id,
      next.id,
    ])
    assert.deepEqual(await whereabouts(place, 'sms_log'), ['sms_log_before', 'sms_log_2026_12'])
    const events = ['sms_event_before', 'sms_event_2026_12', 'sms_event_2026_12']
    assert.deepEqual(await whereabouts(place, 'sms_event'), events)
    const stored = await store.events.list(next.id)
    assert.equal(new Set(stored.map((event) => event.id)).size, 2)
  })

  it('leaves everything as it was when a message is younger than the border', async (t) => {
    const { place, store } = await openPlain(t)
    const young = messageAt('2026-12-02T00:00:00Z')
    await insertMessages(store, young)
    await assert.rejects(partition(place, '2026-12-01Z'), /violated by some row/)
    await assert.rejects(
      operate(place, `select sms_partition('2026-12-02Z')`),
      /beginning of a month/,
    )
    assert.deepEqual(await whereabouts(place, 'sms_log'), ['sms_log'])
    assert.deepEqual(await store.messages.find(young.id), young)
  })

  it('sorts ids by time also where aa is a letter behind z', async (t) => {
    await postgres.query(
      `create database danish template template0 locale_provider icu icu_locale 'da-DK'`,
    )
    const url = postgres.url.replace(/\/postgres$/, '/danish')
    const place = { url, schema: 'sms' }
    const store = await openFor(t, async () => openPostgres(place))
    await partition(place, '2028-03-01Z')
    await operate(place, `select sms_make_months(1, '2028-03-24Z')`)
    // 01aa… is a moment of January, before 01ab… of March; in Danish behind it.
    const old = sampleMessage({ id: '01aaaa00-0000-7000-8000-000000000000' })
    await insertMessages(store, old, messageAt('2028-03-24T00:00:00Z'))
    assert.deepEqual(await whereabouts(place, 'sms_log'), ['sms_log_before', 'sms_log_2028_03'])
    assert.deepEqual(await store.messages.find(old.id), old)
  })

  it('gives each partition every index of the plain table', async (t) => {
    const { place } = await openPlain(t)
    const indexesOf = async (table: string) => {
      const rows = await operate(
        place,
        `select regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON (ONLY )?\\S+', '') as line
         from pg_index where indrelid = '${table}'::regclass order by 1`,
      )
      return rows.map((row) => row['line'])
    }
    const tables = ['sms_log', 'sms_event']
    const plain = await Promise.all(tables.map(indexesOf))
    await partition(place, '2026-12-01Z')
    await operate(place, `select sms_make_months(0, '2026-12-24Z')`)
    for (const suffix of ['_before', '_rest', '_2026_12']) {
      const here = await Promise.all(tables.map((table) => indexesOf(`${table}${suffix}`)))
      assert.deepEqual(here, plain, suffix)
    }
  })
})

describe('sms_make_months', () => {
  it('makes what is missing, whatever the time zone, and moves what came too early', async (t) => {
    const { place, store } = await openPlain(t)
    await partition(place, '2026-11-01Z')
    const [first, last] = ['2026-12-01T00:00:00.000Z', '2026-12-31T23:59:59.999Z']
    const messages = [first, last, '2027-01-01T00:00:00Z'].map((at) => messageAt(at))
    await insertMessages(store, ...messages)
    await store.events.append(messages.map(({ id }) => sampleEvent({ messageId: id })))
    assert.deepEqual(new Set(await whereabouts(place, 'sms_log')), new Set(['sms_log_rest']))
    const make = `select sms_make_months(1, '2026-12-24Z') as name`
    const made = await operate(place, `set timezone = 'America/Los_Angeles'`, make)
    assert.deepEqual(
      made.map((row) => row['name']),
      ['2026_11', '2026_12', '2027_01'].flatMap((month) => [
        `sms_log_${month}`,
        `sms_event_${month}`,
      ]),
    )
    const months = ['2026_12', '2026_12', '2027_01']
    assert.deepEqual(
      await whereabouts(place, 'sms_log'),
      months.map((month) => `sms_log_${month}`),
    )
    assert.deepEqual(
      await whereabouts(place, 'sms_event'),
      months.map((month) => `sms_event_${month}`),
    )
    assert.deepEqual(await operate(place, make), [])
  })
})

describe('sms_drop_months', () => {
  it('drops what is old, and nothing in which something is to be done', async (t) => {
    const { place, store } = await openPlain(t)
    await partition(place, '2026-10-01Z')
    await operate(place, `select sms_make_months(1, '2026-12-24Z')`)
    const [old, planned, kept] = [
      messageAt('2026-10-31T23:59:59Z'),
      messageAt('2026-11-30T23:59:59Z', { status: 'SCHEDULED', nextAt: 1 }),
      messageAt('2026-12-01T00:00:00Z'),
    ]
    await insertMessages(store, old, planned, kept)
    await store.events.append([old, kept].map(({ id }) => sampleEvent({ messageId: id })))
    const drop = (age: string) =>
      operate(place, `select sms_drop_months('${age}', '2027-01-31Z') as name`)
    const names = (await drop('1 month')).map((row) => row['name'])
    assert.deepEqual(names, ['_before', '_2026_10'])
    assert.deepEqual(await store.messages.findMany([old.id, planned.id, kept.id]), [planned, kept])
    assert.deepEqual(await store.events.list(old.id), [])
    assert.equal((await store.events.list(kept.id)).length, 1)
    await assert.rejects(drop('7 days'), /8 days or more/)
  })
})

describe('what is unique in a partition only', () => {
  const [before, after] = ['2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00.000Z'].map(idAt)
  const withKey = (id = '') => ({
    message: sampleMessage({ id }),
    idempotencyKey: 'key',
    requestHash: 'hash',
  })

  async function openMonths(t: TestContext) {
    const { place, store } = await openPlain(t)
    await partition(place, '2026-11-01Z')
    await operate(place, `select sms_make_months(1, '2026-11-24Z')`)
    return store
  }

  it('a key is still one message for two that come at once over the border of a month', async (t) => {
    const store = await openMonths(t)
    // Connected, so that they meet.
    await Promise.all([store.ping(), store.ping()])
    const accept = (id?: string) =>
      store.transaction(async (tables) => {
        const [use] = await tables.messages.findKeyUses(['key'], 0)
        if (use) return use.message.id
        await tables.messages.insert([withKey(id)])
        return id
      })
    const ids = await Promise.all([before, after].map((id) => accept(id)))
    assert.equal(new Set(ids).size, 1)
  })

  it('a callback that came to its message before is not handed over to it again', async (t) => {
    const store = await openMonths(t)
    const event = { providerMsgId: 'SM1', dedupeKey: 'sms:msg:SM1:sent' }
    await insertMessages(store, sampleMessage({ id: before ?? '' }))
    const known = sampleEvent({ ...event, messageId: before })
    assert.deepEqual(await store.events.append([known]), [true])
    // On plain tables this one would be known.
    assert.deepEqual(await store.events.append([{ ...known, messageId: undefined }]), [true])
    assert.deepEqual(
      await store.events.adopt([{ providerMsgId: 'SM1', messageId: before ?? '' }]),
      [],
    )
    assert.equal((await store.events.list(before ?? '')).length, 1)
  })

  it('moves of one group reach messages of two months', async (t) => {
    const store = await openMonths(t)
    const ids = [before ?? '', after ?? '']
    await insertMessages(store, ...ids.map((id) => sampleMessage({ id })))
    const claimed = await store.messages.claimDue({ now: 1.8e12, leaseUntil: 1.9e12, limit: 9 })
    assert.deepEqual(idsOf(claimed).toSorted(), ids)
    const moves = ids.map((id) => sampleMove({ id, status: 'ACCEPTED', providerMsgId: `SM${id}` }))
    assert.deepEqual(await store.messages.advance(moves), new Set(ids))
  })
})
