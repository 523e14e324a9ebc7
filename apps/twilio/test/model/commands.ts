import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { Reply, TestApp } from '../app.ts'
import { post, signedCallback } from '../signed-callback.ts'
import type { Expected, Reference } from './reference.ts'

/** The app, and what it has named so far; the model knows numbers only. */
export interface Real {
  test: TestApp
  texts: string[]
  proofs: { id: string; code: string }[]
  /** How often each ending was met, over all sequences. */
  seen: Map<string, number>
}

type Command = fc.AsyncCommand<Reference, Real>

function command(
  words: string,
  run: (model: Reference, real: Real) => Promise<void>,
  check: (model: Readonly<Reference>) => boolean = () => true,
): Command {
  return { check, run, toString: () => words }
}

/** Holds an answer to what the model expects of it, in one of the ways that it may end. */
function assertReply({ seen }: Real, reply: Reply, expected: Expected[]): void {
  const { body, headers } = reply
  const word = body['code'] ?? body['outcome'] ?? body['status']
  const found = expected.find((one) => one.status === reply.status && one.word === word)
  const ending = `${reply.status} ${String(word)}`
  seen.set(ending, (seen.get(ending) ?? 0) + 1)
  assert.ok(found, `${reply.status} ${reply.text}, not ${JSON.stringify(expected)}`)
  if (found.retryAfterSeconds !== undefined) {
    const waits = expected.filter((one) => one.status === 429).map((one) => one.retryAfterSeconds)
    assert.ok(
      waits.includes(Number(headers.get('retry-after'))),
      `${headers.get('retry-after')}, not ${waits.join()}`,
    )
  }
  if (found.attemptsLeft !== undefined) assert.equal(body['attempts_left'], found.attemptsLeft)
  if (found.replayed !== undefined) {
    assert.equal(headers.get('idempotent-replayed'), found.replayed ? 'true' : null)
  }
}

/** Mostly one of the newest there are; sometimes one that there is not. */
const pick = (n: number, length: number) => (n === 0 ? length : Math.max(0, length - 1 - (n % 3)))

const phones = ['+14155552671', '+14155552672']

const send = (phone: string, text: string, key: string | undefined) =>
  command(
    `send to ${phone} "${text}"${key === undefined ? '' : ` as ${key}`}`,
    async (model, real) => {
      const expected = model.send(phone, text, key)
      const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
      const body = { to_phone: phone, message: text }
      const reply = await real.test.request('POST', '/api/sms/send/', body, headers)
      assertReply(real, reply, [expected])
      if (expected.about === undefined) return
      const id = String(reply.body['id'])
      if (expected.replayed) assert.equal(id, real.texts[expected.about])
      else real.texts.push(id)
    },
  )

const deliver = () =>
  command('deliver', async (model, real) => {
    model.deliver()
    await real.test.app.runDue()
  })

const status = (n: number) =>
  command(`status of text ${n}`, async (model, real) => {
    const about = pick(n, model.texts.length)
    const expected = model.status(about)
    const id = real.texts[about] ?? '01a203fc-91fb-7000-8635-3007e328d8ea'
    const reply = await real.test.request('GET', `/api/sms/${id}/status/`)
    assertReply(real, reply, [expected])
    const text = model.texts[about]
    if (!text) return
    const events = reply.body['events'] as { status: string; source: string; applied: boolean }[]
    assert.equal(events.findLast((one) => one.applied)?.status, text.status)
    const called = events.filter((one) => one.source === 'callback').map((one) => one.status)
    assert.deepEqual(called.toSorted(), [...text.words].toSorted())
  })

const callback = (n: number, carrierWord: string) =>
  command(
    `callback "${carrierWord}" about text ${n}`,
    async (model, real) => {
      const about = pick(n, model.texts.length)
      const expected = model.callback(about, carrierWord.toUpperCase())
      const id = real.texts[about] ?? ''
      const sid = (await real.test.app.messages.get(id))?.message.providerMsgId ?? ''
      const callback = signedCallback(real.test, { sid, status: carrierWord, messageId: id })
      assert.equal((await post(real.test, callback)).status, expected.status)
    },
    (model) => model.texts[pick(n, model.texts.length)]?.hasSid ?? false,
  )

const start = (own: string, n: number | undefined) =>
  command(`start for ${own}${n === undefined ? '' : ` again, ${n}`}`, async (model, real) => {
    const resent = n === undefined ? undefined : pick(n, model.proofs.length)
    // For another number than its own a verification is not known.
    const phone = n === undefined || n === 1 ? own : (model.proofs[resent ?? 0]?.phone ?? own)
    const expected = model.start(phone, resent)
    const id = resent === undefined ? undefined : (real.proofs[resent]?.id ?? 'nobody')
    const body = { to_phone: phone, ...(id === undefined ? {} : { verification_id: id }) }
    const reply = await real.test.request('POST', '/api/sms/verify/start/', body)
    assertReply(real, reply, expected)
    if (reply.status !== 202) return
    // The code is read off the phone, as people do.
    model.deliver()
    await real.test.app.runDue()
    const code = real.test.twilio.code(phone) ?? ''
    const about = expected[0]?.about ?? 0
    const verification = String(reply.body['verification_id'])
    if (resent === undefined) real.proofs.push({ id: verification, code })
    assert.deepEqual({ id: verification, code }, real.proofs[about])
    assert.equal(reply.body['sends_left'], 3 - (model.proofs[about]?.sends ?? 0))
  })

const check = (n: number, isRight: boolean) =>
  command(`check ${isRight ? 'the code' : 'a wrong code'} of ${n}`, async (model, real) => {
    const about = pick(n, model.proofs.length)
    const expected = model.check(about, isRight)
    const { id = 'nobody', code = '123456' } = real.proofs[about] ?? {}
    const wrong = code === '000000' ? '000001' : '000000'
    const body = { verification_id: id, code: isRight ? code : wrong }
    assertReply(real, await real.test.request('POST', '/api/sms/verify/check/', body), [expected])
  })

const advance = (seconds: number) =>
  command(`${seconds} s pass`, async (model, real) => {
    model.now += seconds
    await real.test.clock.advance(seconds * 1_000)
  })

const phone = fc.constantFrom(...phones)
const few = fc.nat(6)

/** Everything that callers, the carrier, the worker and the clock may do. */
export const commands: fc.Arbitrary<Command>[] = [
  fc
    .tuple(
      phone,
      fc.constantFrom('Hello', 'Bye'),
      fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    )
    .map((one) => send(...one)),
  fc.constant(deliver()),
  fc.constant(deliver()),
  few.map(status),
  fc
    .tuple(few, fc.constantFrom('sent', 'delivered', 'undelivered', 'failed', 'read'))
    .map((one) => callback(...one)),
  fc.tuple(phone, fc.option(few, { nil: undefined, freq: 2 })).map((one) => start(...one)),
  fc.tuple(few, fc.boolean()).map((one) => check(...one)),
  few.map((n) => check(n, false)),
  fc.constantFrom(1, 29, 30, 31, 31, 31, 100, 299, 300, 600, 3_600, 7_200, 604_800).map(advance),
]
