import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Simulator } from '../src/index.ts'
import { call, messagesPath, openDesk, openSdk, phone, send, sender } from './desk.ts'

async function sendMany(simulator: Simulator, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    await send(simulator, { Body: `text ${number}` })
    await simulator.clock.advance(1000)
  }
}

async function listed(simulator: Simulator, query: Record<string, string>): Promise<number> {
  const { status, body } = await call(
    simulator,
    `${messagesPath(simulator)}?${new URLSearchParams(query).toString()}`,
  )
  assert.equal(status, 200)
  assert.ok(Array.isArray(body['messages']))
  return body['messages'].length
}

describe('message list', () => {
  it('shows the newest first, page by page', async (t) => {
    const { simulator } = openDesk(t)
    await sendMany(simulator, 5)
    const client = await openSdk(simulator)
    const all = await client.messages.list({ pageSize: 2 })
    assert.deepEqual(
      all.map(({ body }) => body),
      ['text 5', 'text 4', 'text 3', 'text 2', 'text 1'],
    )
    const first = await client.messages.page({ pageSize: 2 })
    const second = await first.nextPage()
    assert.deepEqual(
      second?.instances.map(({ body }) => body),
      ['text 3', 'text 2'],
    )
    const back = await second?.previousPage()
    assert.deepEqual(
      back?.instances.map(({ body }) => body),
      ['text 5', 'text 4'],
    )
    const last = await second?.nextPage()
    assert.equal(last?.nextPageUrl, undefined)
  })

  it('does not move a page when a new message comes in between', async (t) => {
    const { simulator } = openDesk(t)
    await sendMany(simulator, 4)
    const client = await openSdk(simulator)
    const first = await client.messages.page({ pageSize: 2 })
    await sendMany(simulator, 1)
    const second = await first.nextPage()
    assert.deepEqual(
      second?.instances.map(({ body }) => body),
      ['text 2', 'text 1'],
    )
  })

  it('keeps filters in relative addresses and ends with null', async (t) => {
    const { simulator } = openDesk(t)
    await sendMany(simulator, 2)
    const path = `${messagesPath(simulator)}?To=%2B14155550100&PageSize=1`
    const { body } = await call(simulator, path)
    const next = String(body['next_page_uri'])
    assert.match(next, /^\/2010-04-01\/.*To=%2B14155550100&PageSize=1&Page=1&PageToken=PASM/)
    assert.equal(body['previous_page_uri'], null)
    const second = (await call(simulator, next)).body
    assert.deepEqual([second['page'], second['start'], second['end']], [1, 1, 1])
    assert.equal(second['next_page_uri'], null)
  })

  it('filters by both numbers', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator)
    await send(simulator, { To: '+14155550111', From: '+15005550099' })
    assert.equal(await listed(simulator, { To: phone }), 1)
    assert.equal(await listed(simulator, { From: '+15005550099' }), 1)
    assert.equal(await listed(simulator, { To: phone, From: '+15005550099' }), 0)
  })

  it('includes both ends of a date filter, in every form the documents show', async (t) => {
    const { simulator } = openDesk(t, { startAt: new Date('2019-06-12T05:05:24.800Z') })
    await send(simulator)
    await simulator.clock.advance(1000)
    const same = [
      '2019-06-12',
      '2019-06-12T05:05:25Z',
      '2019-06-12 05:05:25.000',
      '06/11/2019 22:05:25 MST',
      'Wed, 12 Jun 2019 05:05:25 +0000',
    ]
    for (const value of same) {
      assert.equal(await listed(simulator, { DateSent: value }), 1, `DateSent=${value}`)
      assert.equal(await listed(simulator, { 'DateSent>': value }), 1, `DateSent>=${value}`)
      assert.equal(await listed(simulator, { 'DateSent<': value }), 1, `DateSent<=${value}`)
    }
    assert.equal(await listed(simulator, { 'DateSent>': '2019-06-12T05:05:26Z' }), 0)
    assert.equal(await listed(simulator, { 'DateSent<': '2019-06-12T05:05:24Z' }), 0)
    assert.equal(await listed(simulator, { 'DateSent>': '2019-06-13' }), 0)
  })

  it('takes the date filters of the SDK', async (t) => {
    const { simulator } = openDesk(t)
    await sendMany(simulator, 3)
    const client = await openSdk(simulator)
    const dateSentAfter = new Date('2026-01-01T12:00:01Z')
    assert.equal((await client.messages.list({ dateSentAfter })).length, 2)
    assert.equal((await client.messages.list({ dateSentBefore: dateSentAfter })).length, 2)
  })

  it('hides unsent messages from date filters, unless told otherwise', async (t) => {
    const harsh = openDesk(t).simulator
    const mild = openDesk(t, { unsentInDateFilters: 'shown' }).simulator
    await send(harsh)
    await send(mild)
    assert.equal(await listed(harsh, { 'DateSent>': '2025-01-01' }), 0)
    assert.equal(await listed(mild, { 'DateSent>': '2025-01-01' }), 1)
    assert.equal(await listed(harsh, {}), 1)
  })

  it('refuses dates and page sizes that are none', async (t) => {
    const { simulator } = openDesk(t)
    for (const query of ['DateSent=soon', 'PageSize=x', 'PageSize=', 'PageToken=PAnone']) {
      const { status, body } = await call(simulator, `${messagesPath(simulator)}?${query}`)
      assert.deepEqual([status, body['code']], [400, 20001], query)
    }
  })

  it('does not show the texts of Verify', async (t) => {
    const { simulator } = openDesk(t)
    const path = `/v2/Services/${simulator.verifyServiceSid}/Verifications`
    await call(simulator, path, { To: phone, Channel: 'sms' })
    assert.equal(simulator.messages().length, 1)
    assert.equal(await listed(simulator, {}), 0)
    const sid = simulator.messages()[0]?.sid
    assert.equal((await call(simulator, messagesPath(simulator, `/${sid}.json`))).status, 404)
  })

  it('shows a lagging message later, while it can be fetched at once', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'lagging-list', ms: 1500 })
    const { body } = await send(simulator)
    await simulator.clock.advance(1499)
    assert.equal(await listed(simulator, { From: sender }), 0)
    const one = await call(simulator, messagesPath(simulator, `/${String(body['sid'])}.json`))
    assert.equal(one.status, 200)
    await simulator.clock.advance(1)
    assert.equal(await listed(simulator, { From: sender }), 1)
  })
})
