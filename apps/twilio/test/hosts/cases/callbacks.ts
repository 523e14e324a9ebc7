import type { Case, Step } from '../contract.ts'

const path = '/sms/webhooks/sms/twilio/'
const formType = 'application/x-www-form-urlencoded'
const query = '?message_id={message}&attempt=1'
const form =
  'AccountSid={account}&ApiVersion=2010-04-01&From=%2B15005550006&MessageSid={sid}' +
  '&MessageStatus=delivered&SmsSid={sid}&SmsStatus=delivered&To=%2B14155552671'
const taken = { status: 204, empty: true as const }
const forged = { status: 403, code: 'invalid-signature' }

const one = (name: string, step: Partial<Step>): Case => ({
  name: `callback: ${name}`,
  steps: [{ path: `${path}${query}`, form, answer: taken, ...step }],
})

/** Forms whose values change where something parses them and writes them anew. */
const shapes: Record<string, string> = {
  'a plus': 'Odd=a+b',
  '%20': 'Odd=a%20b',
  'an encoded plus': 'Odd=%2B%2b',
  'an empty value': 'Odd=',
  'a name without a value': 'Odd',
  'a repeated name': 'Odd=b&Odd=a&Odd=b',
  'other letters': 'Odd=%C3%A9%E2%82%AC%F0%9F%98%80',
  'letters that need no encoding': "Odd=*-._~!'()",
  'encoded letters that need none': 'Odd=%2A%7E%27%41',
  'an ampersand and an equals sign': 'Odd=%26a%3Db=c',
  'letters as they are': 'Odd=é',
  'a percent sign': 'Odd=100%25',
}

/** `POST /webhooks/sms/twilio/`: the bytes that were signed arrive. */
export const callbackCases: Case[] = [
  one('signed', {}),
  one('in pieces', { chunked: true }),
  one('without the last slash', { path: `${path.slice(0, -1)}${query}` }),
  one('without a query', { path }),
  one('with a charset', { headers: { 'content-type': `${formType}; charset=UTF-8` } }),
  ...Object.entries(shapes).map(([name, odd]) => one(name, { form: `${form}&${odd}` })),
  one('a forged signature', { forged: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', answer: forged }),
  one('two signatures', { forged: 'a, b', answer: forged }),
  {
    name: 'callback: no signature',
    steps: [
      { path, key: 'none', headers: { 'content-type': formType }, body: form, answer: forged },
    ],
  },
  one('a genuine signature for another form', {
    forged: 'L/OH5YylLD5NRKLltdqwSvS0BnU=',
    answer: { ...forged, headers: { 'x-request-id': /./ } },
  }),
  one('signed with a query that is not ours', {
    path: `${path}?a=b`,
    answer: { status: 400, code: 'invalid-callback' },
  }),
  // Where it stands shows that the signature fitted: a parser would have nested them.
  one('brackets in a name, which Twilio does not send', {
    form: `${form}&Odd[a]=1&Odd%5Bb%5D=2`,
    answer: { status: 400, code: 'invalid-callback' },
  }),
  one('of another account', {
    form: form.replace('{account}', `AC${'0'.repeat(32)}`),
    answer: { status: 400, code: 'invalid-callback' },
  }),
  one('JSON', {
    headers: { 'content-type': 'application/json' },
    answer: { status: 415, code: 'unsupported-media-type' },
  }),
  one('compressed', {
    headers: { 'content-encoding': 'gzip' },
    answer: { status: 415, code: 'unsupported-media-type' },
  }),
  one('too large', {
    form: `${form}&Odd=${'x'.repeat(66_000)}`,
    answer: { status: 413, code: 'body-too-large' },
  }),
  {
    name: 'callback: one that breaks off, and then a whole one',
    steps: [
      { path: `${path}${query}`, form, cut: true },
      { path: `${path}${query}`, form, answer: taken },
    ],
  },
]
