import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import * as fc from 'fast-check'
import type { ApiScope } from '../../src/domain/access.ts'
import { createTestApp, publicUrl, type TestApp } from '../app.ts'
import { createChecker, type Document, operationsOf, type Placed } from '../openapi-document.ts'
import { sign } from '../signed-callback.ts'
import { type Plan, requestsOf } from './requests.ts'

// Requests made from a document that the app itself gives: none may end in a 5xx, or in an answer
// that the document does not list for the operation. A night's run, with another seed each time:
//   FUZZ_REQUESTS=10000 FUZZ_SEED=$RANDOM npm test -- 'apps/twilio/test/fuzz/*.test.ts'

const { FUZZ_REQUESTS, FUZZ_SEED } = process.env

const seed = Number(FUZZ_SEED ?? 20_261_101)

/** One document and what its operations are asked with. */
export interface Side {
  /** Where the app gives it. */
  document: string
  operations: readonly string[]
  /** Requests an operation. */
  requests: number
  /** What every key of a good caller may. */
  scopes: readonly ApiScope[]
  /** More for requests to name than messages and verifications. */
  prepare?: (bench: Bench) => Promise<void>
}

/** What earlier requests have made, for later ones to name. */
export interface Known {
  message: string[]
  sid: string[]
  verification: string[]
  phone: string[]
  key: string[]
  optOut: string[]
}

/** One app under the fuzz. */
export interface Bench {
  test: TestApp
  document: Document
  known: Known
  keys: Record<Plan['caller'], string | undefined>
}

async function createBench(t: TestContext, side: Side): Promise<Bench> {
  const test = await createTestApp(t)
  const keyOf = async (scopes: readonly ApiScope[]) =>
    (await test.app.apiKeys.create({ name: 'fuzz', scopes: [...scopes] })).key
  const document = JSON.parse((await test.request('GET', side.document)).text) as Document
  return {
    test,
    document,
    known: { message: [], sid: [], verification: [], phone: [], key: [], optOut: [] },
    keys: {
      all: await keyOf(side.scopes),
      reader: await keyOf(['read']),
      nobody: undefined,
      stranger: 'hsb_nobody',
    },
  }
}

/** The text with what it names put in. */
function filled(text: string, { test, known }: Bench): string {
  const pick = (list: string[], n: string) =>
    list.at(Number(n) - Math.min(40, list.length)) ?? 'none'
  return text
    .replaceAll('@account@', test.twilio.accountSid)
    .replace(/@(message|sid|verification|key|optOut):(\d+)@/g, (_, kind: keyof Known, n: string) =>
      pick(known[kind], n),
    )
    .replace(/@code:(\d+)@/g, (_, n: string) => test.twilio.code(pick(known.phone, n)) ?? '000000')
}

function requestOf(plan: Plan, operation: Placed, bench: Bench): Request {
  const url = `${publicUrl}${filled(plan.path, bench)}`
  const headers = new Headers(plan.headers)
  // A page of ours; whom others are, tests of their own look into.
  headers.set('origin', publicUrl)
  const key = bench.keys[plan.caller]
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
  let body: RequestInit['body'] = null
  if (Array.isArray(plan.body)) {
    const known = plan.body.map(([name, value]): [string, string] => [name, filled(value, bench)])
    const values = new Map(known)
    const params = known.map(([name, value]): [string, string] => [
      name,
      value.replace(
        /^@same:(\w+)(?::(\w+))?@$/,
        (_, other: string, otherwise = '') => values.get(other) ?? otherwise,
      ),
    ])
    body = new URLSearchParams(params).toString()
    const signature = sign(plan.signed ? bench.test.twilio.authToken : 'forged', url, params)
    headers.set('x-twilio-signature', signature)
  } else if (plan.body !== undefined) {
    body = typeof plan.body === 'string' ? filled(plan.body, bench) : plan.body
  }
  return new Request(url, { method: operation.method, headers, body })
}

/** Answers that wait for Twilio need the worker's turns, and some of them the clock. */
async function answered(bench: Bench, request: Request): Promise<Response> {
  const { test } = bench
  const answer = test.app.fetch(request)
  if (!request.headers.has('prefer')) return answer
  const state = { isOpen: true }
  void answer.finally(() => {
    state.isOpen = false
  })
  for (let i = 0; state.isOpen; i++) {
    await turn()
    await test.app.runDue()
    if (i > 20) await test.clock.advance(5_000)
  }
  return answer
}

const usualHeaders = new Set([
  'cache-control',
  // Of the connection and not of the answer: it ends where a body was left unread.
  'connection',
  'content-type',
  'x-content-type-options',
])

/** Holds an answer to the document. */
function createJudge({ document }: Bench, operation: Placed) {
  const checker = createChecker(document, 'closed')
  return (response: Response, text: string): void => {
    const { status, headers } = response
    assert.ok(status < 500, `${status} ${text}`)
    const listed = operation.responses[String(status)]
    assert.ok(listed, `${status} is not listed: ${text}`)
    const names = Object.keys(listed.headers).map((name) => name.toLowerCase())
    for (const [name] of headers) {
      assert.ok(usualHeaders.has(name) || names.includes(name), `${status} has the header ${name}`)
    }
    assert.doesNotMatch(text, /node_modules|\.ts:\d|\bat \S+ \(|sqlite|select .* from/i)
    const type = headers.get('content-type')
    if (type === null) return assert.equal(text, '')
    const media = listed.content?.[type.replace('; charset=utf-8', '')] ?? listed.content?.[type]
    assert.ok(media, `${status} has the type ${type}`)
    const value: unknown = type.endsWith('json') ? JSON.parse(text) : text
    assert.equal(checker.wrong(media.schema, value), undefined, text)
  }
}

/** A stream has no end. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  await response.body?.cancel()
  return ''
}

function bodyOf(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}

/** Remembers what the answer has made. */
async function remember({ test, known }: Bench, text: string): Promise<void> {
  const { id, to_phone: phone, verification_id: verification } = bodyOf(text)
  if (typeof verification === 'string') known.verification.push(verification)
  if (typeof id !== 'string') return
  known.message.push(id)
  known.phone.push(String(phone))
  const sid = (await test.app.messages.get(id))?.message.providerMsgId
  if (sid !== undefined) known.sid.push(sid)
}

/** Something to read, to check and to report on, whichever operation comes first. */
async function warmUp(bench: Bench): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const to_phone = `+1415555${2600 + i}`
    for (const [path, body] of [
      ['/api/sms/send/', { to_phone, message: 'Hello' }],
      ['/api/sms/verify/start/', { to_phone }],
    ] as const) {
      const reply = await bench.test.request('POST', path, body)
      await remember(bench, reply.text)
    }
  }
  await bench.test.app.runDue()
  const send_at = new Date(bench.test.clock.now() + 86_400_000)
  for (let i = 0; i < 10; i++) {
    const body = { to_phone: `+1415555${2600 + i}`, message: 'Later', send_at }
    await remember(bench, (await bench.test.request('POST', '/api/sms/send/', body)).text)
  }
  for (const id of bench.known.message) {
    const sid = (await bench.test.app.messages.get(id))?.message.providerMsgId
    if (sid !== undefined) bench.known.sid.push(sid)
  }
}

/** Asks every operation of a document. */
export function fuzz(name: string, side: Side): void {
  const numRuns = Number(FUZZ_REQUESTS ?? side.requests)
  const timeout = numRuns * 100 + 60_000
  describe(name, { timeout: timeout * 10 }, () => {
    for (const operationId of side.operations) {
      it(`finds no answer outside of it: ${operationId}`, { timeout }, async (t) => {
        const bench = await createBench(t, side)
        await warmUp(bench)
        await side.prepare?.(bench)
        const found = operationsOf(bench.document).find((one) => one.operationId === operationId)
        assert.ok(found)
        const operation = found
        const judge = createJudge(bench, operation)
        const seen = new Map<string, number>()
        let requests = 0
        const property = fc.asyncProperty(requestsOf(operation, bench.document), async (plan) => {
          const response = await answered(bench, requestOf(plan, operation, bench))
          const text = await textOf(response)
          judge(response, text)
          await remember(bench, text)
          const { code, outcome } = bodyOf(text)
          const ending = `${response.status} ${[code, outcome].join('')}`.trim()
          seen.set(ending, (seen.get(ending) ?? 0) + 1)
          // The limits of an hour must not be all that later requests see.
          if (++requests % 25 > 0) return
          await bench.test.clock.advance(300_000)
          // What is due by then leaves: else an app with an old queue would be right to call itself unready.
          await bench.test.app.runDue()
        })
        await fc.assert(property, { numRuns, seed, endOnFailure: numRuns > 1_000 })

        t.diagnostic(
          `seed ${seed}: ${[...seen].map(([one, times]) => `${one} × ${times}`).join(', ')}`,
        )
        // A fuzz that meets closed doors only proves nothing.
        for (const status of Object.keys(operation.responses)) {
          if (!status.startsWith('2')) continue
          assert.ok(
            [...seen.keys()].some((one) => one.startsWith(status)),
            `${status} never came`,
          )
        }
        if (operation.requestBody) assert.ok(seen.size >= 6, [...seen.keys()].join())
      })
    }
  })
}
