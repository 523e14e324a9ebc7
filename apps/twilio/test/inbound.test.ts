import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HostEvent } from '../src/domain/host-event.ts'
import type { Message } from '../src/domain/message.ts'
import { createTestApp, type TestApp } from './app.ts'
import { inboundMessage, inboundPath, inboundUrl, ourNumber, write } from './inbound-post.ts'
import { post, sidOf } from './signed-callback.ts'
import { live } from './traffic.ts'

const phone = '+14155552671'

async function storedText(test: TestApp) {
  const all = await test.app.messages.listInbound()
  assert.equal(all.length, 1)
  const id = all[0]?.id ?? ''
  const found = await test.app.messages.get(id)
  assert.ok(found)
  return found
}

describe('an inbound message', () => {
  it('is stored with its event, and answered with TwiML that says nothing', async (t) => {
    const test = await createTestApp(t, { twilio: { inboundUrl } })
    const reply = await test.twilio.reply({ from: phone, to: ourNumber, body: 'Grüße 👋\n<b>' })
    const [request] = test.twilio.requests().filter((one) => one.kind === 'callback')
    assert.deepEqual(
      [request?.status, request?.answer],
      [200, '<?xml version="1.0" encoding="UTF-8"?><Response/>'],
    )
    const { message, events } = await storedText(test)
    const { id, createdAt: at, ...rest } = message
    assert.match(id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      channel: 'sms',
      direction: 'inbound',
      toPhone: ourNumber,
      fromPhone: phone,
      messagingServiceSid: rest.messagingServiceSid,
      message: 'Grüße 👋\n<b>',
      mediaUrls: [],
      status: 'RECEIVED',
      providerMsgId: reply.sid,
      errorCode: undefined,
      numSegments: 1,
      price: undefined,
      priceUnit: undefined,
      priority: 1,
      verificationId: undefined,
      metadata: undefined,
      resendOf: undefined,
      sendAt: undefined,
      expiresAt: at,
      attempts: 0,
      attemptedAt: undefined,
      nextAt: undefined,
      polls: 0,
      lapses: 0,
      lastEventTime: at,
      updatedAt: at,
    })
    assert.deepEqual(
      events.map((one) => [one.status, one.source, one.applied, one.providerMsgId]),
      [['RECEIVED', 'callback', true, reply.sid]],
    )
    const { body } = await test.request('GET', `/api/sms/${id}/status/`)
    assert.deepEqual([body['direction'], body['from_phone']], ['inbound', phone])
  })

  it('is an event for the host, without its text', async (t) => {
    const test = await createTestApp(t)
    const events: HostEvent[] = []
    test.app.on('message.received', (event) => events.push(event))
    await test.app.runDue()
    await write(test, { sid: sidOf(1), body: 'a secret' })
    await test.app.runDue()
    const { message } = await storedText(test)
    assert.deepEqual(
      events.map(({ type, data }) => [type, 'messageId' in data && data.messageId]),
      [['message.received', message.id]],
    )
    assert.ok(!JSON.stringify(events).includes('a secret'))
  })

  it('is one row and one event however often and at once it is posted', async (t) => {
    const test = await createTestApp(t)
    const callback = inboundMessage(test, { sid: sidOf(1), body: 'hi' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(test, callback)))
    await test.advance(40 * 86_400_000)
    answers.push(await post(test, callback))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal((await storedText(test)).events.length, 1)
  })

  it('may come without a slash, by WhatsApp, by a channel of tomorrow, with media', async (t) => {
    const test = await createTestApp(t)
    const media: [string, string][] = [
      ['NumMedia', '3'],
      ['MediaUrl0', 'https://api.twilio.com/2010-04-01/Media/ME1'],
      ['MediaUrl1', 'javascript:alert(1)'],
      ['MediaUrl2', 'https://api.twilio.com/2010-04-01/Media/ME2'],
    ]
    const whatsapp = { from: 'whatsapp:+46701740605', to: 'whatsapp:+14155238886' }
    const rcs = { from: 'rcs:+46701740605', to: 'rcs:shop' }
    const service = `MG${'a'.repeat(32)}`
    assert.deepEqual(
      [
        await write(test, {
          sid: sidOf(1),
          body: '',
          path: inboundPath.slice(0, -1),
          extra: media,
        }),
        await write(test, { sid: sidOf(2), body: 'b', ...whatsapp }),
        await write(test, { sid: sidOf(3), body: 'c\0', ...rcs }),
        await write(test, {
          sid: sidOf(4),
          body: 'd',
          extra: [['MessagingServiceSid', service]],
        }),
      ],
      [200, 200, 200, 200],
    )
    const [fourth, third, second, first] = await test.app.messages.listInbound()
    assert.deepEqual(first?.mediaUrls, [
      'https://api.twilio.com/2010-04-01/Media/ME1',
      'https://api.twilio.com/2010-04-01/Media/ME2',
    ])
    const place = (one: Message | undefined) => [
      one?.channel,
      one?.fromPhone,
      one?.toPhone,
      one?.message,
    ]
    assert.deepEqual(place(second), ['whatsapp', '+46701740605', '+14155238886', 'b'])
    assert.deepEqual(place(third), ['other', rcs.from, rcs.to, 'c\u{fffd}'])
    assert.equal(fourth?.messagingServiceSid, service)
  })

  it('is refused where it is not Twilio who has signed it, or not for us', async (t) => {
    const test = await createTestApp(t)
    const good = inboundMessage(test, { sid: sidOf(1), body: 'hi' })
    const forged = { ...good, params: good.params.map(([n, v]): [string, string] => [n, `${v}1`]) }
    const elsewhere = { ...good, path: '/webhooks/sms/twilio/' }
    const stranger = inboundMessage(test, { sid: sidOf(1), body: 'hi', token: 'another token' })
    for (const one of [forged, elsewhere, stranger, { ...good, signature: '' }])
      assert.equal((await post(test, one)).status, 403)
    const odd = [
      inboundMessage(test, { sid: sidOf(1), body: 'hi', path: `${inboundPath}?x=1` }),
      inboundMessage(test, { sid: sidOf(1), body: 'x', extra: [['MessageStatus', 'sent']] }),
      inboundMessage(test, { sid: 'SM1', body: 'x' }),
      inboundMessage(test, {
        sid: sidOf(1),
        body: 'x',
        extra: [['AccountSid', `AC${'f'.repeat(32)}`]],
      }),
    ]
    for (const one of odd) assert.equal((await post(test, one)).status, 400)
    assert.deepEqual(await test.app.messages.listInbound(), [])
    assert.ok(test.logs.some(({ fields }) => fields['event'] === 'callback-refused'))
  })

  it('is asked for again while it cannot be stored', async (t) => {
    const test = await createTestApp(t)
    const callback = inboundMessage(test, { sid: sidOf(1), body: 'hi' })
    await test.app.stop()
    assert.equal((await post(test, callback)).status, 503)
  })

  it('is forgotten like any other: the text first, then the number', async (t) => {
    const test = await createTestApp(t)
    await write(test, { sid: sidOf(1), body: 'my secret', from: phone })
    await test.advance(30 * 86_400_000 + 1)
    await test.app.runDue()
    const { message } = await storedText(test)
    assert.deepEqual([message.message, message.fromPhone], ['', phone])
    await test.advance(370 * 86_400_000)
    await test.app.runDue()
    const later = (await storedText(test)).message
    assert.deepEqual([later.fromPhone, later.toPhone], ['+1415*****71', ourNumber])
  })
})

describe('a phone that texts STOP', () => {
  const send = (test: TestApp, more: Record<string, string> = {}) =>
    test.request('POST', '/api/sms/send/', { to_phone: phone, message: 'offer', ...more })

  it('gets nothing more from that sender, and something again after START', async (t) => {
    const test = await createTestApp(t, { twilio: { inboundUrl } })
    await test.twilio.reply({ from: phone, to: ourNumber, body: ' stop ' })
    const refused = await send(test)
    assert.deepEqual([refused.status, refused.body['code']], [409, 'opted-out'])
    assert.equal(await test.app.optOuts.has(phone), true)
    assert.equal((await send(test, { from_phone: '+15005550099' })).status, 202)
    assert.equal((await send(test, { to_phone: '+14155550000' })).status, 202)
    const senders = [test.twilio.messagingServiceSid, ourNumber]
    assert.deepEqual(
      (await test.app.optOuts.list()).map(({ at, ...optOut }) => at > 0 && optOut),
      senders.map((sender) => ({ phone, sender, source: 'recipient', reason: 'STOP' })),
    )
    await test.twilio.reply({ from: phone, to: ourNumber, body: 'Start' })
    assert.equal((await send(test)).status, 202)
    const [start, stop] = await test.app.audit.list({ limit: 2 })
    assert.deepEqual([start?.action, start?.actor], ['opt-out-removed', 'recipient'])
    assert.deepEqual([stop?.action, stop?.subject], ['opt-out-added', '+1415*****71'])
    const [, texted] = await test.app.messages.listInbound()
    assert.equal(stop?.detail?.['message'], texted?.id)
  })

  it('does so for a whole messaging service, also in words of its own', async (t) => {
    const service = `MG${'a'.repeat(32)}`
    const test = await createTestApp(t)
    const inService: [string, string] = ['MessagingServiceSid', service]
    const write2 = (n: number, body: string, type: string) =>
      write(test, { sid: sidOf(n), body, extra: [inService, ['OptOutType', type]] })
    await write2(1, 'arrêtez', 'STOP')
    assert.equal((await send(test, { messaging_service_sid: service })).status, 409)
    assert.equal((await send(test)).status, 409)
    await write2(2, 'STOP', 'HELP')
    await write2(3, 'recommencer', 'START')
    assert.equal((await send(test, { messaging_service_sid: service })).status, 202)
  })

  it('means it in any of the words, alone and in any case; other texts mean nothing', async (t) => {
    const test = await createTestApp(t)
    const stops = ['STOP', 'StopAll', 'unsubscribe', 'Cancel', 'END', 'quit', 'REVOKE', 'optout']
    const starts = ['START', 'yes', 'UnStop']
    let n = 0
    for (const [i, body] of stops.entries()) {
      await write(test, { sid: sidOf(++n), body })
      assert.equal(await test.app.optOuts.has(phone), true, body)
      await write(test, { sid: sidOf(++n), body: starts[i % 3] ?? '' })
      assert.equal(await test.app.optOuts.has(phone), false, starts[i % 3])
    }
    for (const body of ['please stop', 'STOP.', 'stop it', '', 'HELP', 'Stopp'])
      await write(test, { sid: sidOf(++n), body })
    assert.equal(await test.app.optOuts.has(phone), false)
  })

  it('does not lift what the host has said', async (t) => {
    const test = await createTestApp(t)
    await test.app.optOuts.add(phone, 'complained by mail', { actor: 'anna' })
    await write(test, { sid: sidOf(1), body: 'YES' })
    assert.equal((await send(test)).status, 409)
    assert.equal(await test.app.optOuts.remove(phone, { actor: 'anna' }), true)
    assert.equal((await send(test)).status, 202)
    const actors = (await test.app.audit.list({ limit: 2 })).map(({ actor }) => actor)
    assert.deepEqual(actors, ['anna', 'anna'])
  })

  it('gets not even what was waiting, and Twilio is not asked', async (t) => {
    const test = await createTestApp(t)
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push(String((await send(test)).body['id']))
    const other = await send(test, { to_phone: '+14155550000' })
    await write(test, { sid: sidOf(1), body: 'STOP' })
    await live(test, 60)
    for (const id of ids) {
      const found = await test.app.messages.get(id)
      assert.equal(found?.message.status, 'FAILED')
      assert.match(found.events.at(-1)?.detail ?? '', /opted out/)
    }
    const kept = await test.app.messages.get(String(other.body['id']))
    assert.equal(kept?.message.status, 'DELIVERED')
    assert.equal(test.twilio.messages({ to: phone }).length, 0)
  })

  it('is not forgotten by an opt-out that Twilio tells of: that is one of its sender too', async (t) => {
    const test = await createTestApp(t)
    await test.twilio.reply({ from: phone, to: ourNumber, body: 'STOP' })
    await send(test)
    await test.app.runDue()
    const [optOut] = await test.app.optOuts.list()
    assert.deepEqual([optOut?.source, optOut?.sender], ['carrier', ourNumber])
    assert.equal((await test.app.audit.list({ limit: 1 }))[0]?.actor, 'carrier')
    assert.equal((await send(test)).status, 409)
    assert.equal((await send(test, { from_phone: '+15005550099' })).status, 202)
    await write(test, { sid: sidOf(9), body: 'START' })
    assert.equal((await send(test)).status, 202)
  })
})
