import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { call, dig, openDesk, phone, send, sender } from './desk.ts'

const inboundUrl = 'https://app.example/inbound'

describe('replies', () => {
  it('are posted to the inbound URL, signed, with every parameter', async (t) => {
    const { simulator, received } = openDesk(t, { inboundUrl })
    await send(simulator)
    const reply = await simulator.reply({ from: phone, body: 'Grüße 👋' })
    assert.deepEqual([reply.direction, reply.to, reply.status], ['inbound', sender, 'received'])
    const [post] = received
    assert.equal(post?.url, inboundUrl)
    assert.equal(post?.genuine, true)
    const { From, To, Body, SmsStatus, NumMedia, FromCity, MessageSid } = post?.params ?? {}
    assert.deepEqual([From, To, Body, SmsStatus], [phone, sender, 'Grüße 👋', 'received'])
    assert.deepEqual([NumMedia, FromCity, MessageSid], ['0', '', reply.sid])
  })

  it('go to the service of the number, with extras when asked', async (t) => {
    const sid = `MG${'a'.repeat(32)}`
    const url = 'https://service.example/in'
    const messagingServices = [{ sid, senders: ['+15005550077'], inboundUrl: url }]
    const { simulator, received } = openDesk(t, { inboundUrl, messagingServices })
    const extras = { OptOutType: 'STOP' }
    await simulator.reply({ from: phone, to: '+15005550077', body: 'stop', extras })
    assert.equal(received[0]?.url, url)
    assert.equal(received[0]?.params['MessagingServiceSid'], sid)
    assert.equal(received[0]?.params['OptOutType'], 'STOP')
  })

  it('are in the account list but not on the phone', async (t) => {
    const { simulator } = openDesk(t)
    await simulator.reply({ from: phone, to: sender, body: 'hi' })
    const path = `/2010-04-01/Accounts/${simulator.accountSid}/Messages.json`
    const { body } = await call(simulator, path)
    assert.equal(dig(body, 'messages.0.direction'), 'inbound')
    assert.equal(dig(body, 'messages.0.status'), 'received')
    assert.equal(simulator.messages().length, 0)
    assert.equal(simulator.messages({ direction: 'inbound' }).length, 1)
  })
})

describe('opt-out words', () => {
  it('block the sender that got them, until START', async (t) => {
    const { simulator } = openDesk(t)
    await send(simulator)
    await simulator.reply({ from: phone, body: ' stop ' })
    const blocked = await send(simulator)
    assert.deepEqual([blocked.status, blocked.body['code']], [400, 21610])
    assert.equal((await send(simulator, { From: '+15005550099' })).status, 201)
    assert.equal((await send(simulator, { To: '+14155550111' })).status, 201)
    await simulator.reply({ from: phone, to: sender, body: 'Start' })
    assert.equal((await send(simulator)).status, 201)
  })

  it('block the whole service the sender belongs to', async (t) => {
    const { simulator } = openDesk(t)
    const MessagingServiceSid = simulator.messagingServiceSid ?? ''
    await simulator.reply({ from: phone, to: sender, body: 'UNSUBSCRIBE' })
    const answer = await send(simulator, { From: '', MessagingServiceSid })
    assert.equal(answer.body['code'], 21610)
  })

  it('mean nothing in a longer text', async (t) => {
    const { simulator } = openDesk(t)
    await simulator.reply({ from: phone, to: sender, body: 'please stop' })
    assert.equal((await send(simulator)).status, 201)
  })
})

describe('code', () => {
  it('is the last 4 to 10 digits in a row of the last text that has some', async (t) => {
    const { simulator } = openDesk(t)
    const texts = {
      'Your code is 123456. Valid for 10 minutes': '123456',
      'Order 12345678901 is on its way': '123456',
      'Code 1111 or 2222\n@shop.example #2222': '2222',
    }
    assert.equal(simulator.code(phone), undefined)
    for (const [Body, code] of Object.entries(texts)) {
      await send(simulator, { Body })
      assert.equal(simulator.code(phone), code, Body)
    }
  })
})
