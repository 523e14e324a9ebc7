import * as fc from 'fast-check'
import type { Document, Placed } from '../openapi-document.ts'
import { hostileBodies, nastyValues, spoilt, valuesOf, type Words } from './arbitraries.ts'

/** One request as data, before the placeholders in it are filled in. */
export interface Plan {
  path: string
  headers: Record<string, string>
  /** A form has a list of fields, so that it can be signed. */
  body: string | Uint8Array<ArrayBuffer> | [string, string][] | undefined
  /** Whose key it brings. */
  caller: 'all' | 'reader' | 'nobody' | 'stranger'
  signed: boolean
}

// A number that exists only when the request is made: `@message:3` is the fourth message of the run.
const placeholder = (kind: string) => fc.nat(40).map((n) => `@${kind}:${n}@`)
const phones = fc.nat(25).map((n) => `+1415555${2600 + n}`)
const newSids = fc.nat(1_000).map((n) => `SM${n.toString(16).padStart(32, '0')}`)
/** Who can sign in. */
export const account = { name: 'anna', password: 'a staple of correct horses' }

const words: Words = {
  phone: fc.oneof({ weight: 8, arbitrary: phones }, fc.constantFrom('+46701740605', '12')),
  ids: fc.array(placeholder('message'), { minLength: 1, maxLength: 3 }),
  key: placeholder('optOut'),
  name: fc.constantFrom(account.name, 'program'),
  password: fc.constant(account.password),
  to_phone: fc.oneof({ weight: 8, arbitrary: phones }, fc.constantFrom('+46701740605', '+1911')),
  from_phone: fc.constantFrom('+15005550006', 'Shop', '12345'),
  verification_id: placeholder('verification'),
  code: fc.oneof(placeholder('code'), fc.constantFrom('000000', '123456')),
  purpose: fc.constantFrom('verify', 'login'),
  AccountSid: fc.constant('@account@'),
  MessageSid: fc.oneof({ weight: 6, arbitrary: placeholder('sid') }, newSids),
  MessageStatus: fc.constantFrom('queued', 'sent', 'delivered', 'undelivered', 'failed', 'read'),
  ErrorCode: fc.constantFrom('30003', '30007', '21610'),
  ApiVersion: fc.constant('2010-04-01'),
  From: fc.constant('+15005550006'),
  To: phones,
  SmsSid: fc.constant('@same:MessageSid@'),
  SmsStatus: fc.constant('@same:MessageStatus:received@'),
  SmsMessageSid: fc.constant('@same:MessageSid@'),
  NumMedia: fc.constant('0'),
  NumSegments: fc.constantFrom('1', '2'),
  OptOutType: fc.constantFrom('STOP', 'START', 'HELP'),
}

// What a header can hold at all: the rest is refused before any server is asked.
const headerText = (maxLength: number) =>
  fc.stringMatching(new RegExp(`^[\\x21-\\xff]{0,${maxLength}}$`))

const commonHeaders = fc.record(
  {
    'x-request-id': headerText(80),
    'x-forwarded-for': fc.constantFrom('203.0.113.9', 'unknown', '::1, 10.0.0.1'),
    'content-encoding': fc.constantFrom('identity', 'gzip', 'br, gzip'),
    accept: fc.constantFrom('text/html', '*/*'),
  },
  { requiredKeys: [] },
)

const types = [
  'application/json; charset=utf-8',
  'application/json; charset=latin1',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
]

/** Requests for one operation: those that the document asks for, nearly those, and hostile ones. */
export function requestsOf(operation: Placed, document: Document): fc.Arbitrary<Plan> {
  const common = {
    path: pathsOf(operation, document),
    signed: mostly(fc.constant(true), fc.constant(false)),
  }
  const caller = mostly<Plan['caller']>(
    fc.constant('all'),
    fc.constantFrom('reader', 'nobody', 'stranger'),
  )
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const own = ownHeadersOf(operation)
  const headers = (contentType: fc.Arbitrary<string>) =>
    fc
      .tuple(own, mostly(fc.constant({}), commonHeaders), contentType)
      .map(([mine, shared, one]) => ({
        ...(one === '' ? {} : { 'content-type': one }),
        ...shared,
        ...mine,
      }))
  if (type === undefined || media === undefined) {
    return fc.record({
      ...common,
      caller,
      headers: headers(fc.constant('')),
      body: fc.constant(undefined),
    })
  }
  const examples = Object.values(media.examples ?? {}).map((one) => likeExample(one.value))
  const bodies = fc.oneof(valuesOf(media.schema, document, words), ...examples)
  const written: (value: unknown) => Plan['body'] = type.endsWith('json') ? json : fields
  const valid = fc.record({
    ...common,
    headers: headers(fc.constant(type)),
    body: bodies.map(written),
    caller: fc.constant<Plan['caller']>('all'),
    signed: fc.constant(true),
  })
  const near = fc.record({
    ...common,
    caller,
    headers: headers(fc.constant(type)),
    body: spoilt(bodies).map(written),
  })
  const hostile = fc.record({
    ...common,
    caller,
    headers: headers(mostly(fc.constant(type), fc.constantFrom(...types))),
    body: hostileBodies,
  })
  return fc.oneof(
    { weight: 4, arbitrary: valid },
    { weight: 4, arbitrary: near },
    { weight: 2, arbitrary: hostile },
  )
}

/** The example of the document with living numbers in it: what callers do most. */
function likeExample(example: unknown): fc.Arbitrary<unknown> {
  const fields = Object.entries(example ?? {}).map(
    ([name, value]: [string, unknown]): [string, fc.Arbitrary<unknown>] => [
      name,
      words[name] ?? fc.constant(value),
    ],
  )
  return fc.record(Object.fromEntries(fields))
}

function mostly<T>(usual: fc.Arbitrary<T>, else_: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: else_ })
}

/** Half surrogate pairs go out as escapes: a text of JSON can hold them, a body in UTF-8 cannot. */
const json = (value: unknown) => JSON.stringify(value)

function fields(value: unknown): [string, string][] {
  return Object.entries(value ?? {}).map(([name, one]: [string, unknown]) => [
    name,
    (typeof one === 'string' ? one : (JSON.stringify(one) ?? '')).toWellFormed(),
  ])
}

function pathsOf({ path, parameters = [] }: Placed, document: Document): fc.Arbitrary<string> {
  const kind = path.includes('/keys/')
    ? 'key'
    : path.includes('/verifications/')
      ? 'verification'
      : 'message'
  const ids = fc.oneof(
    { weight: 6, arbitrary: placeholder(kind) },
    fc.uuid(),
    fc.constantFrom('%ff', '%00', '%zz', '%', 'a%2Fb', '-', 'x'.repeat(5_000)),
    // Dots alone are another address, already for the caller.
    nastyValues
      .map((one) =>
        encodeURIComponent(
          (typeof one === 'string' ? one : JSON.stringify(one)).slice(0, 200).toWellFormed(),
        ),
      )
      .filter((one) => /[^.]/.test(one)),
  )
  const queries = fc.oneof(
    { weight: 6, arbitrary: searchOf(parameters, document) },
    placeholder('message').map((id) => `?message_id=${id}&attempt=1`),
    fc.constantFrom(
      '?',
      '?x=1&x=2',
      '?message_id=%ff',
      '?message_id=1&message_id=2',
      `?${'x'.repeat(4_100)}`,
    ),
  )
  return fc
    .tuple(ids, queries, fc.boolean())
    .map(
      ([id, query, slash]) =>
        (slash ? path : path.replace(/(.)\/$/, '$1')).replace(/\{(?:id|key)\}/, id) + query,
    )
}

/** What the parameters of the query may be, and nearly that. */
function searchOf(
  parameters: NonNullable<Placed['parameters']>,
  document: Document,
): fc.Arbitrary<string> {
  const named = parameters.filter((one) => one.in === 'query')
  const texts = Object.fromEntries(
    named.map(({ name, schema }): [string, fc.Arbitrary<string>] => {
      const known = searchWords[name]
      const own = valuesOf(schema, document).map(String)
      const usual =
        known === undefined ? own : fc.oneof({ weight: 4, arbitrary: known.map(String) }, own)
      return [name, mostly(usual, nastyValues.map(textOf))]
    }),
  )
  return fc.record(texts, { requiredKeys: [] }).map((values) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) query.set(name, value.toWellFormed())
    const text = query.toString()
    return text === '' ? '' : `?${text}`.replaceAll(/%40(\w+)%3A(\d+)%40/g, '@$1:$2@')
  })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const searchWords: Words = {
  status: fc.constantFrom('delivered', 'UNDELIVERED,FAILED', 'pending', 'approved'),
  q: fc.oneof(phones, placeholder('message'), placeholder('sid'), fc.constantFrom('2600', 'Hello')),
  before: placeholder('message'),
  limit: fc.constantFrom('1', '50', '100', '101', '0'),
  error: fc.constantFrom('30003', 'x'),
  range: fc.constantFrom('24h', '7d', '30d'),
}

function ownHeadersOf(operation: Placed): fc.Arbitrary<Record<string, string>> {
  const own: Record<string, fc.Arbitrary<string>> = {
    'idempotency-key': fc.oneof(
      fc.nat(30).map((n) => `key-${n}`),
      headerText(300),
    ),
    prefer: fc.constantFrom(
      'wait=1',
      'wait=30',
      'wait',
      'wait=x',
      'respond-async, wait=5',
      'wait=-1',
    ),
    'if-none-match': fc.oneof(fc.constantFrom('*', '"x"', 'W/"x", *'), headerText(50)),
  }
  const names = (operation.parameters ?? []).filter((one) => one.in === 'header')
  const picked = names.map(({ name }) => {
    const values = own[name.toLowerCase()]
    if (!values) throw new Error(`the fuzz knows no values of the header ${name}`)
    return [name.toLowerCase(), values] as const
  })
  const all = fc.record(Object.fromEntries(picked), { requiredKeys: [] })
  return fc.oneof(fc.constant({}), all) as fc.Arbitrary<Record<string, string>>
}
