import assert from 'node:assert/strict'
import { sign } from '../signed-callback.ts'
import type { RunningExample } from './example.ts'
import { type Answer, exchange } from './wire.ts'

// A case is data: what is asked of an app in which ours is mounted below `/sms`, and what every host
// must answer. Texts may hold {placeholders}; see `fill`.

/** What happens in a case, in order. */
export interface Case {
  name: string
  steps: Step[]
}

/** One request and its answer. Without a method it is POST where there is a body, else GET. */
export interface Step {
  method?: string
  /** Goes out as it is: not normalised, not encoded. */
  path: string
  headers?: Record<string, string>
  /** Whose API key is sent along. Default: one that may send, read and verify. */
  key?: 'full' | 'reader' | 'none'
  json?: unknown
  /** Goes out as it is. */
  body?: string | Uint8Array
  /** A form as it stands on the wire, with its type; signed as Twilio signs it unless `forged`. */
  form?: string
  forged?: string
  /** Without a length, in two pieces. */
  chunked?: true
  /** The connection ends in the middle of the body: there is no answer to look at. */
  cut?: true
  answer?: Expected
  /** Members of the answer to be used as placeholders in the steps after this one. */
  keep?: Record<string, string>
}

/** What must be in the answer; members and headers that are not named may be anything. */
export interface Expected {
  /** One of several where it is the host's own business. */
  status: number | number[]
  /** Of a problem document. */
  code?: string
  /** Members of a JSON object. */
  json?: Record<string, unknown>
  headers?: Record<string, string | RegExp | null>
  /** There is no body. */
  empty?: true
  /** It is the host's answer and not ours. */
  own?: true
}

/** Runs a case, `number` of the run, against an example. Throws where an answer is not as expected. */
export async function runCase(
  { steps }: Case,
  number: number,
  host: RunningExample,
  different?: Expected,
): Promise<void> {
  const values: Record<string, string> = { ...host.values, phone: `+1415555${2_100 + number}` }
  for (const step of steps) {
    const answer = await ask(step, values, host)
    const isLast = step === steps.at(-1)
    const expected = (isLast ? different : undefined) ?? step.answer
    if (expected) compare(answer, expected, (text) => fill(text, values))
    for (const [name, member] of Object.entries(step.keep ?? {})) {
      values[name] = String(answer.json[member])
    }
  }
}

async function ask(
  step: Step,
  values: Record<string, string>,
  host: RunningExample,
): Promise<Answer> {
  const text = JSON.stringify(step.json) ?? step.form ?? step.body
  if (typeof text === 'string' && text.includes('{code}')) {
    values['code'] = await host.codeOf(values['phone'] ?? '')
  }
  const body = typeof text === 'string' ? fill(text, values) : text
  const path = fill(step.path, values)
  const { key = 'full' } = step
  const headers: Record<string, string> = {
    ...(step.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === 'none' ? {} : { authorization: `Bearer {${key}}` }),
    // Every case is a client of its own, so that none uses up what another one may do.
    'x-forwarded-for': `198.51.100.${Number(values['phone']) % 250}`,
  }
  if (step.form !== undefined) {
    delete headers['authorization']
    headers['content-type'] = 'application/x-www-form-urlencoded'
    const url = host.publicUrl + path.slice('/sms'.length)
    const params = [...new URLSearchParams(typeof body === 'string' ? body : '')]
    headers['x-twilio-signature'] = step.forged ?? sign(host.twilio.authToken, url, params)
  }
  for (const [name, value] of Object.entries(step.headers ?? {})) headers[name] = value
  for (const [name, value] of Object.entries(headers)) headers[name] = fill(value, values)
  return exchange(host, {
    method: step.method ?? (body === undefined ? 'GET' : 'POST'),
    path,
    headers,
    body,
    chunked: step.chunked,
    cut: step.cut,
  })
}

/** Puts the values in: what the host has (`{message}`, `{sid}`, `{account}`), what a step kept, `{phone}`, `{code}`. */
function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

function compare(answer: Answer, expected: Expected, fill: (text: string) => string): void {
  const { status, code, json, headers = {}, empty, own } = expected
  const words = `${answer.status} ${answer.text.slice(0, 300)}`
  assert.ok([status].flat().includes(answer.status), words)
  const type = answer.headers['content-type']
  if (own) {
    assert.notEqual(type, 'application/problem+json', words)
    assert.equal(answer.headers['x-request-id'], undefined)
    return
  }
  // No cache in between may keep an answer, unless the case says so.
  if (!('cache-control' in headers)) assert.equal(answer.headers['cache-control'], 'no-store')
  assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  if (empty) assert.equal(answer.text, '')
  if (code !== undefined) {
    assert.equal(type, 'application/problem+json', words)
    assert.equal(answer.json['code'], code, words)
    assert.equal(answer.json['status'], status)
  }
  if (json) {
    assert.equal(type, 'application/json', words)
    for (const [name, value] of Object.entries(json)) {
      const wanted = typeof value === 'string' ? fill(value) : value
      if (wanted instanceof RegExp) assert.match(String(answer.json[name]), wanted)
      else assert.deepEqual(answer.json[name], wanted, `${name}: ${words}`)
    }
  }
  for (const [name, value] of Object.entries(headers)) {
    const found = answer.headers[name]
    if (value === null) assert.equal(found, undefined, name)
    else if (value instanceof RegExp) assert.match(String(found), value)
    else assert.equal(found, fill(value), name)
  }
}
