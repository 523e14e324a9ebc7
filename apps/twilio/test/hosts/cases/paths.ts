import type { Case, Expected } from '../contract.ts'

const alive = { status: 200, json: { status: 'ok' } }
const elsewhere: Expected = { status: 404, own: true }

/** What stands below our prefix and is nobody's. */
export const strayPaths = [
  '/sms/LIVEZ',
  '/sms/nothing',
  '/sms/api/sms/',
  '/sms/%6Civez',
  '/sms/livez%2F',
  '/sms/livez;a=b',
  '/sms/livez//',
  '/sms//livez',
  '//sms/livez',
  '/sms/x/../livez',
]

const paths: Record<string, Expected> = {
  '/sms/livez?': alive,
  "/sms/livez?a='&b=%27&c=a+b&d=%zz&e[]=1": alive,
  '/sms/livez?a=b?c/../d': alive,
  '/elsewhere': elsewhere,
  '/elsewhere?to=/sms/livez': elsewhere,
  '/livez': elsewhere,
  '/api/sms/send/': elsewhere,
  '/smsx/livez': elsewhere,
  '/SMS/livez': elsewhere,
  ...Object.fromEntries(strayPaths.map((path) => [path, elsewhere])),
  [`/sms/livez?${'x'.repeat(4_100)}`]: { status: 414, code: 'url-too-long' },
}

/** Where our paths begin and end. */
export const pathCases: Case[] = [
  ...Object.entries(paths).map(([path, answer]) => ({
    name: `path ${path.slice(0, 60)}`,
    steps: [{ path, key: 'none' as const, answer }],
  })),
  {
    name: 'request id: the caller’s',
    steps: [
      {
        path: '/sms/livez',
        headers: { 'x-request-id': 'caller-17.a_b' },
        answer: { ...alive, headers: { 'x-request-id': 'caller-17.a_b' } },
      },
    ],
  },
  {
    name: 'request id: one that cannot be the caller’s',
    steps: [
      {
        path: '/sms/livez',
        headers: { 'x-request-id': 'a b<c>' },
        answer: { ...alive, headers: { 'x-request-id': /^[0-9a-f]{24}$/ } },
      },
    ],
  },
  {
    name: 'request id: in a problem',
    steps: [
      {
        path: '/sms/api/sms/17/status/',
        headers: { 'x-request-id': 'caller-18' },
        answer: {
          status: 404,
          code: 'message-not-found',
          headers: { 'x-request-id': 'caller-18' },
        },
      },
    ],
  },
]

const ship = '/orders/{phone}/ship'

/** What the host does by itself stays as it is. */
export const ownCases: Case[] = [
  {
    name: 'the host’s own JSON route, twice',
    steps: [
      {
        path: ship,
        json: { phone: '{phone}' },
        answer: { status: 202, own: true },
        keep: { first: 'sms' },
      },
      {
        path: ship,
        json: { phone: '{phone}' },
        answer: { status: 202, own: true },
        keep: { second: 'sms' },
      },
      { path: '/sms/api/sms/{first}/status/', answer: { status: 200, json: { id: '{second}' } } },
    ],
  },
  {
    name: 'the host’s own refusal',
    steps: [{ path: ship, json: { phone: '17' }, answer: { status: 422, own: true } }],
  },
  {
    name: 'the host’s own answer to JSON that is none',
    steps: [
      {
        path: ship,
        body: '{',
        headers: { 'content-type': 'application/json' },
        answer: { status: [400, 500], own: true },
      },
    ],
  },
  {
    name: 'the token of an approval is read by the host',
    steps: [
      {
        path: '/sms/api/sms/verify/start/',
        key: 'none',
        json: { to_phone: '{phone}' },
        keep: { verification: 'verification_id' },
      },
      {
        path: '/sms/api/sms/verify/check/',
        key: 'none',
        json: { verification_id: '{verification}', code: '{code}' },
        keep: { token: 'token' },
      },
      {
        path: '/login',
        json: { token: '{token}' },
        answer: { status: 200, own: true },
        keep: { welcome: 'welcome' },
      },
      {
        path: '/sms/api/sms/verify/start/',
        key: 'none',
        json: { to_phone: '{welcome}' },
        answer: { status: 429 },
      },
    ],
  },
  {
    name: 'a token of nobody is refused by the host',
    steps: [{ path: '/login', json: { token: 'x' }, answer: { status: 401, own: true } }],
  },
]
