import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { diagnoseCallback } from '../src/provider/callback-diagnosis.ts'
import { account, arrived, base, settings } from './arrived-callback.ts'

// What phones write has a webhook of its own.
const written = {
  MessageSid: `SM${'2'.repeat(32)}`,
  AccountSid: account,
  ApiVersion: '2010-04-01',
  From: '+14155552671',
  To: '+15005550006',
  Body: 'STOP',
  NumMedia: '0',
  NumSegments: '1',
}

describe('an inbound message', () => {
  const url = '/sms/webhooks/sms/twilio/inbound/'

  it('is taken where it is signed as the settings say', () => {
    const found = diagnoseCallback(
      settings,
      arrived(`https://shop.example.com${url}`, { url, params: written }),
    )
    assert.equal(found.kind, 'accepted')
  })

  it('tells the address that Twilio has called', () => {
    const signed = 'https://www.shop.example.com/mail/webhooks/sms/twilio/inbound'
    const headers = { host: 'shop.example.com', 'x-forwarded-prefix': '/mail' }
    const found = diagnoseCallback(
      settings,
      arrived(signed, { url: '/webhooks/sms/twilio/inbound', params: written, headers }),
    )
    assert.partialDeepStrictEqual(found, {
      kind: 'other-address',
      signed,
      expected: `https://shop.example.com${url}`,
      publicUrl: 'https://www.shop.example.com/mail',
    })
  })

  it('may be whole and not ours', () => {
    const params = { ...written, AccountSid: `AC${'9'.repeat(32)}` }
    const found = diagnoseCallback(
      settings,
      arrived(`https://shop.example.com${url}`, { url, params }),
    )
    assert.partialDeepStrictEqual(found, { kind: 'not-ours', words: 'another account' })
  })

  it('is not asked for a query of ours when a phone wrote it', () => {
    const params = { ...written, MessageSid: 'no SID' }
    const found = diagnoseCallback(
      settings,
      arrived(`${base}/`, { url, by: 'd'.repeat(32), params }),
    )
    assert.equal(found.kind, 'unknown')
    const hints = found.kind === 'unknown' ? found.hints.join('; ') : ''
    assert.match(hints, /no inbound message/)
    assert.doesNotMatch(hints, /message_id|status callback/)
  })
})
