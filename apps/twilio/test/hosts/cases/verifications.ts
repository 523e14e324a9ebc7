import type { Case, Step } from '../contract.ts'

const start = '/sms/api/sms/verify/start/'
const check = '/sms/api/sms/verify/check/'
const begin: Step = {
  path: start,
  key: 'none',
  json: { to_phone: '{phone}' },
  answer: { status: 202, json: { status: 'pending', channel: 'sms' } },
  keep: { verification: 'verification_id' },
}
const guess = (outcome: string, code = '{code}'): Step => ({
  path: check,
  key: 'none',
  json: { verification_id: '{verification}', code },
  answer: { status: 200, json: { outcome } },
})
const refused = (
  name: string,
  path: string,
  json: unknown,
  status: number,
  code: string,
): Case => ({
  name: `verification: ${name}`,
  steps: [{ path, key: 'none', json, answer: { status, code } }],
})
const unknown = '019ab5c0-0000-7000-8000-000000000001'

// What starts is counted by the address that the trusted proxy saw: the last one of the header.
const startFrom = (address: string, phone: number, status = 202): Step => ({
  path: start,
  key: 'none',
  json: { to_phone: `+1415555${phone}` },
  headers: { 'x-forwarded-for': address },
  answer: { status },
})
const ten = (address: string, from: number) =>
  Array.from({ length: 10 }, (_, i) => startFrom(address, from + i))

/** Starting and checking, and who is counted for it. */
export const verificationCases: Case[] = [
  { name: 'verification: the right code', steps: [begin, guess('approved')] },
  {
    name: 'verification: without the last slashes',
    steps: [
      { ...begin, path: start.slice(0, -1) },
      { ...guess('approved'), path: check.slice(0, -1) },
    ],
  },
  {
    name: 'verification: a code that was used',
    steps: [begin, guess('approved'), guess('already-used')],
  },
  {
    name: 'verification: a wrong code, then the right one',
    steps: [begin, guess('incorrect', '000000x'.slice(0, 6)), guess('approved')],
  },
  {
    name: 'verification: too soon again',
    steps: [
      begin,
      {
        ...begin,
        answer: { status: 429, code: 'throttled', headers: { 'retry-after': /^\d+$/ } },
        keep: {},
      },
    ],
  },
  {
    name: 'verification: an unknown one',
    steps: [
      {
        path: check,
        key: 'none',
        json: { verification_id: unknown, code: '123456' },
        answer: { status: 200, json: { outcome: 'not-found' } },
      },
    ],
  },
  refused(
    'a country that is off',
    start,
    { to_phone: '+4915112345678' },
    422,
    'destination-not-allowed',
  ),
  refused('no phone number', start, { to_phone: '123' }, 422, 'invalid-phone'),
  refused('no phone', start, {}, 400, 'invalid-body'),
  refused(
    'a channel that is none',
    start,
    { to_phone: '{phone}', channel: 'pigeon' },
    400,
    'invalid-body',
  ),
  refused('no code', check, { verification_id: unknown }, 400, 'invalid-body'),
  {
    name: 'client address: the eleventh start in a minute, and one from elsewhere',
    steps: [
      ...ten('203.0.113.1', 3_000),
      startFrom('203.0.113.1', 3_010, 429),
      startFrom('203.0.113.2', 3_011),
    ],
  },
  {
    name: 'client address: what a caller writes before it does not count',
    steps: [...ten('203.0.113.3', 3_020), startFrom('192.0.2.9, 203.0.113.3', 3_030, 429)],
  },
  {
    name: 'client address: IPv6 by its /64',
    steps: [...ten('2001:db8::1', 3_040), startFrom('2001:db8::2', 3_050, 429)],
  },
]
