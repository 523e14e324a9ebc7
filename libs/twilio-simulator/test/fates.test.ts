import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDesk, send, webhook } from './desk.ts'

const form = { StatusCallback: webhook }

describe('fates of a message', () => {
  it('undelivered: sent first, then the code of the carrier', async (t) => {
    const { simulator, received, statuses } = openDesk(t)
    simulator.behave({ kind: 'undelivered', code: 30003 })
    await send(simulator, form)
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['sent', 'undelivered'])
    assert.equal(received[1]?.params['ErrorCode'], '30003')
    assert.equal(simulator.messages()[0]?.errorCode, 30003)
  })

  it('failed: never sent, never charged', async (t) => {
    const { simulator, received, statuses } = openDesk(t)
    simulator.behave({ kind: 'failed', code: 30007 })
    await send(simulator, form)
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['failed'])
    assert.equal(received[0]?.params['ErrorCode'], '30007')
  })

  it('stay-sent: the receipt never comes', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'stay-sent' })
    await send(simulator, form)
    await simulator.clock.advance(86_400_000)
    assert.deepEqual(statuses(), ['sent'])
    assert.equal(simulator.messages()[0]?.status, 'sent')
  })

  it('lost-callbacks: none comes although the message is delivered', async (t) => {
    const { simulator, received } = openDesk(t)
    simulator.behave({ kind: 'lost-callbacks' })
    await send(simulator, form)
    await simulator.clock.advance(1000)
    assert.deepEqual([received.length, simulator.messages()[0]?.status], [0, 'delivered'])
  })

  it('lost-callbacks of one status: the others come', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'lost-callbacks', status: 'delivered' })
    await send(simulator, form)
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['sent'])
  })

  it('double: each comes as often as asked for', async (t) => {
    const { simulator, statuses, received } = openDesk(t)
    simulator.behave({ kind: 'double', copies: 3 })
    await send(simulator, form)
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['sent', 'sent', 'sent', 'delivered', 'delivered', 'delivered'])
    assert.ok(received.every(({ genuine }) => genuine))
  })

  it('reorder: the last comes first', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'reorder' })
    const MessagingServiceSid = simulator.messagingServiceSid ?? ''
    await send(simulator, { ...form, From: '', MessagingServiceSid })
    await simulator.clock.advance(1000)
    assert.deepEqual(statuses(), ['delivered', 'sent', 'queued'])
  })

  it('wrong-signature: everything but the signature is right', async (t) => {
    const { simulator, received } = openDesk(t)
    simulator.behave({ kind: 'wrong-signature' })
    await send(simulator, form)
    await send(simulator, form)
    await simulator.clock.advance(1000)
    const forged = received.filter(({ genuine }) => !genuine)
    assert.deepEqual([forged.length, received.length], [2, 4])
    assert.equal(new Set(forged.map(({ params }) => params['MessageSid'])).size, 1)
  })

  it('late: each comes that much later than it happened', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'late', ms: 60_000 })
    await send(simulator, form)
    await simulator.clock.advance(60_199)
    assert.deepEqual(statuses(), [])
    await simulator.clock.advance(1)
    assert.deepEqual(statuses(), ['sent'])
    await simulator.clock.advance(500)
    assert.deepEqual(statuses(), ['sent', 'delivered'])
  })

  it('early-callbacks: they are over before the create call is answered', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'early-callbacks' })
    const { body } = await send(simulator, form)
    assert.deepEqual(statuses(), ['sent', 'delivered'])
    assert.equal(body['status'], 'queued')
    assert.equal(simulator.messages()[0]?.status, 'delivered')
  })

  it('early-callbacks and hang-up: the answer never comes, the callbacks did', async (t) => {
    const { simulator, statuses } = openDesk(t)
    simulator.behave({ kind: 'early-callbacks' }, { kind: 'hang-up', after: 'accepting' })
    await assert.rejects(send(simulator, form))
    assert.deepEqual(statuses(), ['sent', 'delivered'])
  })
})

describe('whom a behaviour is for', () => {
  it('strikes as often as it says, then no more', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'refuse', code: 21408, times: 2 })
    const codes = []
    for (let i = 0; i < 3; i++) codes.push((await send(simulator)).status)
    assert.deepEqual(codes, [400, 400, 201])
  })

  it('strikes for ever when asked to, until it is cleared', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'busy', times: 'always' })
    for (let i = 0; i < 20; i++) assert.equal((await send(simulator)).status, 429)
    simulator.clearBehaviours()
    assert.equal((await send(simulator)).status, 201)
  })

  it('strikes one number only', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'refuse', code: 21614, to: '+14155550111' })
    assert.equal((await send(simulator)).status, 201)
    assert.equal((await send(simulator, { To: '+14155550111' })).body['code'], 21614)
  })

  it('strikes by chance, the same way for the same seed', async (t) => {
    const outcomes = async (seed: number) => {
      const { simulator } = openDesk(t, { seed })
      simulator.behave({ kind: 'busy', times: 'always', probability: 0.5 })
      const statuses = []
      for (let i = 0; i < 40; i++) statuses.push((await send(simulator)).status)
      return statuses
    }
    const first = await outcomes(7)
    assert.deepEqual(await outcomes(7), first)
    assert.notDeepEqual(await outcomes(8), first)
    assert.ok(first.includes(429) && first.includes(201))
  })

  it('leaves fates for the first message that is accepted', async (t) => {
    const { simulator } = openDesk(t)
    simulator.behave({ kind: 'undelivered', code: 30005 })
    await send(simulator, { To: 'nobody' })
    await send(simulator)
    await simulator.clock.advance(1000)
    assert.deepEqual(
      simulator.messages().map(({ status }) => status),
      ['undelivered'],
    )
  })
})
