import type { Case, Step } from '../contract.ts'

const unknown = '019ab5c0-0000-7000-8000-000000000001'
const at = (id: string, rest = '/status/') => `/sms/api/sms/${id}${rest}`
const found = { status: 200, json: { id: '{message}', status: 'DELIVERED' } }
const missing = { status: 404, code: 'message-not-found' }

const one = (name: string, step: Step): Case => ({ name: `status: ${name}`, steps: [step] })

/** `GET /api/sms/{id}/status/`. */
export const lookUpCases: Case[] = [
  one('a message', { path: at('{message}'), answer: found }),
  one('without the last slash', { path: at('{message}', '/status'), answer: found }),
  one('by a key that may only read', { path: at('{message}'), key: 'reader', answer: found }),
  one('HEAD', {
    method: 'HEAD',
    path: at('{message}'),
    answer: { status: 200, empty: true, headers: { 'content-type': 'application/json' } },
  }),
  one('no key', {
    path: at('{message}'),
    key: 'none',
    answer: {
      status: 401,
      code: 'unauthenticated',
      headers: { 'www-authenticate': 'Bearer realm="hsb-twilio"' },
    },
  }),
  one('no such message', { path: at(unknown), answer: missing }),
  one('no id', { path: at('17'), answer: missing }),
  one('an encoded id', { path: at(`${unknown.slice(0, -1)}%31`), answer: missing }),
  one('an encoded slash in the id', { path: at('a%2Fb'), answer: missing }),
  one('an escape that is none', { path: at('%zz'), answer: missing }),
  one('bytes that are not UTF-8', { path: at('%ff'), answer: missing }),
]
