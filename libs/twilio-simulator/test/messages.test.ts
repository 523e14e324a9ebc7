import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import twilio from 'twilio'
import { call, messagesPath, openDesk, openSdk, phone, send, sender, webhook } from './desk.ts'

describe('messages through the official SDK', () => {
  it('creates a message that is queued and not sent yet', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const message = await client.messages.create({ to: phone, from: sender, body: 'hello' })
    assert.match(message.sid, /^SM[0-9a-f]{32}$/)
    assert.equal(message.status, 'queued')
    assert.equal(message.dateSent, null)
    assert.equal(message.price, null)
    assert.equal(message.numSegments, '1')
    assert.deepEqual(message.dateCreated, simulator.clock.now())
  })

  it('delivers it and charges for every segment', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const body = 'a'.repeat(161)
    const { sid } = await client.messages.create({ to: phone, from: sender, body })
    await simulator.clock.advance(1000)
    const message = await client.messages(sid).fetch()
    assert.equal(message.status, 'delivered')
    assert.equal(message.numSegments, '2')
    assert.equal(message.price, '-0.01500')
    assert.equal(message.priceUnit, 'USD')
    assert.deepEqual(message.dateSent, new Date('2026-01-01T12:00:00Z'))
  })

  it('has its price when the charge is made, which may be later', async (t) => {
    const { simulator } = openDesk(t, { delays: { pricedMs: 60_000 } })
    const client = await openSdk(simulator)
    const { sid } = await client.messages.create({ to: phone, from: sender, body: 'Hello!' })
    await simulator.clock.advance(59_000)
    const delivered = await client.messages(sid).fetch()
    assert.deepEqual([delivered.status, delivered.price], ['delivered', null])
    await simulator.clock.advance(2_000)
    assert.equal((await client.messages(sid).fetch()).price, '-0.00750')
  })

  it('shows what arrived on the phone', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const { sid } = await client.messages.create({ to: phone, from: sender, body: 'code 4711' })
    await client.messages.create({ to: '+14155550199', from: sender, body: 'other' })
    await simulator.clock.advance(1000)
    const [text, ...more] = simulator.messages({ to: phone })
    assert.equal(more.length, 0)
    assert.equal(text?.sid, sid)
    assert.equal(text?.body, 'code 4711')
    assert.equal(text?.status, 'delivered')
    assert.equal(simulator.code(phone), '4711')
    assert.equal(simulator.messages().length, 2)
  })

  it('leaves sender and segments open until the Messaging Service has chosen', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const messagingServiceSid = simulator.messagingServiceSid ?? ''
    const message = await client.messages.create({ to: phone, messagingServiceSid, body: 'hi' })
    assert.equal(message.status, 'accepted')
    assert.equal(message.from, null)
    assert.equal(message.numSegments, '0')
    await simulator.clock.advance(100)
    const chosen = await client.messages(message.sid).fetch()
    assert.deepEqual([chosen.status, chosen.from, chosen.numSegments], ['queued', sender, '1'])
  })

  it('sends several pictures as one MMS and lists them', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const mediaUrl = ['https://a.example/1.jpg', 'https://a.example/2.jpg']
    const { sid, numMedia } = await client.messages.create({ to: phone, from: sender, mediaUrl })
    assert.match(sid, /^MM/)
    assert.equal(numMedia, '2')
    const media = await client.messages(sid).media.list()
    assert.deepEqual([media.length, media[0]?.parentSid], [2, sid])
    assert.deepEqual(simulator.messages()[0]?.mediaUrls, mediaUrl)
  })

  it('schedules, and sends when the time has come', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const { sid, status, numSegments } = await client.messages.create({
      to: phone,
      messagingServiceSid: simulator.messagingServiceSid ?? '',
      body: 'later',
      scheduleType: 'fixed',
      sendAt: new Date(simulator.clock.now().getTime() + 600_000),
    })
    assert.deepEqual([status, numSegments], ['scheduled', '0'])
    await simulator.clock.advance(599_999)
    assert.equal((await client.messages(sid).fetch()).status, 'scheduled')
    await simulator.clock.advance(1)
    assert.equal((await client.messages(sid).fetch()).status, 'queued')
  })

  it('cancels a scheduled message and calls that back, but no other message', async (t) => {
    const { simulator, statuses } = openDesk(t)
    const client = await openSdk(simulator)
    const { sid } = await client.messages.create({
      to: phone,
      messagingServiceSid: simulator.messagingServiceSid ?? '',
      body: 'later',
      scheduleType: 'fixed',
      sendAt: new Date(simulator.clock.now().getTime() + 600_000),
      statusCallback: webhook,
    })
    const canceled = await client.messages(sid).update({ status: 'canceled' })
    assert.equal(canceled.status, 'canceled')
    assert.deepEqual(statuses(), ['canceled'])
    await simulator.clock.advance(700_000)
    assert.deepEqual(statuses(), ['canceled'])
    const now = await client.messages.create({ to: phone, from: sender, body: 'now' })
    await assert.rejects(client.messages(now.sid).update({ status: 'canceled' }), { code: 30409 })
  })

  it('redacts and deletes what is finished, and the phone keeps it', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const { sid } = await client.messages.create({ to: phone, from: sender, body: 'secret' })
    const tooEarly = { status: 409, code: 20009 }
    await assert.rejects(client.messages(sid).update({ body: '' }), tooEarly)
    await assert.rejects(client.messages(sid).remove(), tooEarly)
    await simulator.clock.advance(1000)
    assert.equal((await client.messages(sid).update({ body: '' })).body, '')
    assert.equal(await client.messages(sid).remove(), true)
    await assert.rejects(client.messages(sid).fetch(), { status: 404, code: 20404 })
    assert.equal((await client.messages.list()).length, 0)
    assert.equal(simulator.messages()[0]?.body, 'secret')
  })

  it('takes feedback', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const { sid } = await client.messages.create({ to: phone, from: sender, body: 'a' })
    const feedback = await client.messages(sid).feedback.create({ outcome: 'confirmed' })
    assert.deepEqual([feedback.messageSid, feedback.outcome], [sid, 'confirmed'])
  })

  it('turns refusals into the errors of the SDK', async (t) => {
    const { simulator } = openDesk(t)
    const client = await openSdk(simulator)
    const wrong = client.messages.create({ to: 'nobody', from: sender, body: 'a' })
    await assert.rejects(wrong, (error) => {
      assert.ok(error instanceof twilio.RestException)
      assert.deepEqual([error.status, error.code], [400, 21211])
      assert.equal(error.moreInfo, 'https://www.twilio.com/docs/errors/21211')
      return true
    })
  })
})

describe('credentials', () => {
  it('are refused with code 20003 and a detail', async (t) => {
    const { simulator } = openDesk(t)
    const wrong = `${simulator.accountSid}:guessed`
    const answer = await call(simulator, messagesPath(simulator), undefined, 'GET', wrong)
    assert.equal(answer.status, 401)
    assert.deepEqual(Object.keys(answer.body).toSorted(), [
      'code',
      'detail',
      'message',
      'more_info',
      'status',
    ])
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/)
  })

  it('may be an API key, which sees everything but the account itself', async (t) => {
    const { simulator } = openDesk(t)
    const [key] = simulator.apiKeys
    const client = await openSdk(simulator, key?.sid, key?.secret)
    const { accountSid } = await client.messages.create({ to: phone, from: sender, body: 'a' })
    assert.equal(accountSid, simulator.accountSid)
    assert.equal((await client.incomingPhoneNumbers.list({ pageSize: 1 })).length, 1)
    await assert.rejects(client.api.accounts(simulator.accountSid).fetch(), { status: 401 })
  })

  it('do not open another account', async (t) => {
    const { simulator } = openDesk(t)
    const path = `/2010-04-01/Accounts/${simulator.testAccountSid}/Messages.json`
    assert.equal((await call(simulator, path)).status, 401)
  })
})

describe('every answer', () => {
  it('has a request id and the number of concurrent requests', async (t) => {
    const { simulator } = openDesk(t)
    const { headers } = await send(simulator)
    assert.match(headers.get('twilio-request-id') ?? '', /^RQ[0-9a-f]{32}$/)
    assert.equal(headers.get('twilio-concurrent-requests'), '1')
  })
})
