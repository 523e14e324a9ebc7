import { strayPaths } from './cases/paths.ts'
import type { Expected } from './contract.ts'
import type { HostName } from './hosts.ts'

/** What a host answers before us, or instead of us, and why. */
export interface Difference {
  hosts: HostName[]
  cases: string[]
  answer: Expected
  because: string
}

const slashes = ['/sms/livez//', '/sms//livez', '//sms/livez']
const dots = '/sms/x/../livez'
const notFound: Expected = { status: 404, code: 'not-found', headers: { 'x-request-id': null } }

/** Everything in which the hosts are not alike. */
export const differences: Difference[] = [
  {
    hosts: ['fastify', 'nest-fastify'],
    cases: ['status: an escape that is none', 'status: bytes that are not UTF-8'],
    answer: { status: 400, own: true },
    because: 'The router of Fastify refuses a path that it cannot decode, before any plugin.',
  },
  {
    hosts: ['hono'],
    cases: strayPaths
      .filter((path) => path !== '//sms/livez' && path !== dots)
      .map((path) => `path ${path}`),
    answer: notFound,
    because: 'A wildcard route hands everything below /sms to us, and nothing goes on to the host.',
  },
  {
    hosts: ['next'],
    cases: strayPaths
      .filter((path) => !slashes.includes(path) && path !== dots)
      .map((path) => `path ${path}`),
    answer: notFound,
    because: 'A wildcard route hands everything below /sms to us, and nothing goes on to the host.',
  },
  {
    hosts: ['next'],
    cases: slashes.map((path) => `path ${path}`),
    answer: { status: 308, own: true },
    because:
      'Next redirects doubled slashes, whatever its settings. Twilio is never given such a path.',
  },
  {
    hosts: ['next'],
    cases: ['status: an escape that is none', 'status: bytes that are not UTF-8'],
    answer: { status: 400, own: true },
    because: 'Next refuses a path that it cannot decode, before any route.',
  },
  {
    hosts: ['hono', 'next'],
    cases: [`path ${dots}`],
    answer: { status: 200, json: { status: 'ok' } },
    because: 'A web `Request` has a URL, and `new URL` resolves dots.',
  },
]

/** What this host answers in this case, if not what all others do. */
export function differenceOf(name: HostName, one: string): Expected | undefined {
  return differences.find(({ hosts, cases }) => hosts.includes(name) && cases.includes(one))?.answer
}
