import type { Case, Expected } from '../contract.ts'

const places = ['/sms/livez', '/sms/readyz', '/sms/openapi.json']
const allowed: Record<string, string> = {
  '/sms/livez/': 'GET, HEAD',
  '/sms/api/sms/send/': 'POST',
  '/sms/api/sms/send': 'POST',
  '/sms/api/sms/{message}/status/': 'GET, HEAD',
  '/sms/api/sms/verify/start/': 'POST',
  '/sms/api/sms/verify/check/': 'POST',
  '/sms/webhooks/sms/twilio/': 'POST',
}
// Nothing in it is anybody's.
const kept = { 'cache-control': 'public, max-age=300' }
const answers: Record<string, Expected> = {
  '/sms/livez': { status: 200, json: { status: 'ok' } },
  '/sms/readyz': { status: 200, json: { ready: true } },
  '/sms/openapi.json': { status: 200, json: { openapi: /^3\.1/ }, headers: kept },
}

/** Probes, the API's description, and methods that an address does not take. */
export const systemCases: Case[] = [
  ...places.flatMap((place) =>
    [place, `${place}/`].map((path) => ({
      name: `GET ${path}`,
      steps: [{ path, key: 'none' as const, answer: answers[place] ?? { status: 200 } }],
    })),
  ),
  ...places.map((path) => ({
    name: `HEAD ${path}`,
    steps: [
      {
        method: 'HEAD',
        path,
        answer: {
          status: 200,
          empty: true as const,
          headers: path.includes('openapi') ? kept : {},
        },
      },
    ],
  })),
  {
    name: 'the API description that one has already',
    steps: [
      { path: '/sms/openapi.json', answer: { status: 200, headers: { ...kept, etag: /^"/ } } },
      {
        path: '/sms/openapi.json',
        headers: { 'if-none-match': '*' },
        answer: { status: 304, empty: true, headers: kept },
      },
    ],
  },
  ...Object.entries(allowed).flatMap(([path, allow]) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']
      .filter((method) => !allow.includes(method))
      .map((method) => ({
        name: `${method} ${path}`,
        steps: [
          {
            method,
            path,
            answer: {
              status: 405,
              headers: { allow, 'content-type': 'application/problem+json' },
              ...(method === 'HEAD' ? { empty: true as const } : { code: 'method-not-allowed' }),
            },
          },
        ],
      })),
  ),
  {
    name: 'a method with a body that is not taken',
    steps: [
      {
        method: 'PUT',
        path: '/sms/api/sms/send/',
        json: { a: 1 },
        answer: { status: 405, code: 'method-not-allowed' },
      },
    ],
  },
]
