import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { listCodes } from '@hsb/twilio-sms'
import type { MessageStatus } from '../src/domain/message.ts'
import { createTestApp, type TestApp } from './app.ts'

/** What becomes of a message that Twilio refuses. */
interface Treatment {
  status: MessageStatus
  /** When it is tried again, in seconds. */
  again?: [least: number, most: number]
  /** Whether the code is shown with the message at once. */
  shown: boolean
  optsOut?: true
  /** Whether it arrives once Twilio has nothing against it any more. */
  arrives: boolean
}

const treatments = {
  failed: { status: 'FAILED', shown: true, arrives: false },
  'opted-out': { status: 'FAILED', shown: true, arrives: false, optsOut: true },
  backoff: { status: 'QUEUED', again: [0.5, 2], shown: true, arrives: true },
  delayed: { status: 'QUEUED', again: [30, 120], shown: true, arrives: true },
  hold: { status: 'QUEUED', again: [15, 60], shown: true, arrives: true },
  pause: { status: 'QUEUED', again: [0.5, 2], shown: true, arrives: true },
  doubt: { status: 'IN_DOUBT', again: [60, 60], shown: false, arrives: true },
} as const satisfies Record<string, Treatment>

// By hand from Twilio's pages, not from our table of codes: https://www.twilio.com/docs/api/errors.
// In lines of one family each.
const codes: Record<keyof typeof treatments, number[][]> = {
  failed: [
    [11200, 11205, 11215, 11220, 11237, 12100, 12300, 14103],
    [20001, 20008, 20404],
    [21205, 21210, 21211, 21212, 21214, 21215, 21216, 21217, 21265, 21266],
    [21401, 21408, 21601, 21602, 21603, 21604, 21605, 21606, 21608, 21609],
    [21612, 21614, 21617, 21619, 21620, 21621, 21623, 21627, 21635],
    [21654, 21655, 21656, 21658, 21659, 21660, 21661],
    [21701, 21703, 21704, 21705, 21711, 21712, 21910],
    [30004, 30005, 30006, 30007, 30009, 30010, 30011, 30019, 30024, 30026],
    [30032, 30033, 30034, 30036, 30038, 30039, 30040, 30041, 30043, 30409, 30450],
    [35111, 35114, 35115, 35117, 35118, 35126],
    [60200, 60204, 60205, 60207, 60220, 60221, 60223, 60228, 60248, 60413],
    [60600, 60601, 60605, 60606, 60607],
    [63001, 63003, 63005, 63007, 63008, 63013, 63015, 63016, 63019, 63020, 63021],
    [63024, 63027, 63028, 63031, 63032, 63036],
  ],
  'opted-out': [[21610]],
  backoff: [[14107, 21730, 30020, 30021, 30022, 60212, 60616, 63009, 63012]],
  delayed: [
    [20009, 21611, 30001, 30003, 30008, 30023, 30027, 30035, 30410, 30454, 30485],
    [35125, 60202, 60203, 60238, 60410, 63018, 63038],
  ],
  // They fail every message alike, until somebody mends the account.
  hold: [[20003, 20005, 20403, 21607, 30002, 30037]],
  doubt: [[20500, 20503]],
  // Last, because nobody is called for a while after it.
  pause: [[20429]],
}

/** Where Twilio does not answer 400. */
const httpStatuses = new Map(
  Object.entries({
    401: [20003],
    403: [20008, 20403, 60205, 60605],
    404: [20404],
    409: [20009],
    429: [20429, 21611, 60202, 60203, 60212],
    500: [20500],
    503: [20503],
  }).flatMap(([status, list]) => list.map((code): [number, number] => [code, Number(status)])),
)

// Codes that Twilio may invent tomorrow: the HTTP status alone says what they are.
const unknown = 29_999
const unknownStatuses: [httpStatus: number, treatment: keyof typeof treatments][] = [
  ...[400, 404, 405, 409, 410, 415, 422].map((one): [number, 'failed'] => [one, 'failed']),
  // The credentials are in question: no message is burnt for it.
  [401, 'hold'],
  [403, 'hold'],
  [429, 'backoff'],
  ...[500, 502, 503, 504, 529].map((one): [number, 'doubt'] => [one, 'doubt']),
]

interface Case {
  code: number
  httpStatus: number
  treatment: Treatment
  name: string
}

const caseOf = (code: number, httpStatus: number, kind: keyof typeof treatments): Case => ({
  code,
  httpStatus,
  treatment: treatments[kind],
  name: `${code} with ${httpStatus} is treated as "${kind}"`,
})

const cases: Case[] = [
  ...unknownStatuses.map(([httpStatus, kind]) => caseOf(unknown, httpStatus, kind)),
  ...(Object.keys(codes) as (keyof typeof codes)[]).flatMap((kind) =>
    codes[kind].flat().map((code) => caseOf(code, httpStatuses.get(code) ?? 400, kind)),
  ),
]

const numberOf = (i: number) => `+1415555${2_000 + i}`

/** Sends one message a case, each to a number of its own that Twilio refuses once. */
async function refuseAll(test: TestApp): Promise<string[]> {
  const ids: string[] = []
  for (const [i, { code, httpStatus }] of cases.entries()) {
    const to = numberOf(i)
    test.twilio.behave({ kind: 'refuse', code, httpStatus, to })
    const sent = await test.request('POST', '/api/sms/send/', { to_phone: to, message: 'hello' })
    assert.equal(sent.status, 202)
    ids.push(String(sent.body['id']))
    // Claimed in the order of their age, so that the last ones are the last ones.
    await test.advance(1)
  }
  await test.app.runDue()
  return ids
}

describe('every code that Twilio can refuse a message with', () => {
  it('has its treatment in this table', () => {
    const listed = cases.map((one) => one.code).filter((code) => code !== unknown)
    assert.deepEqual(
      listed.toSorted((a, b) => a - b),
      listCodes().map((one) => one.code),
    )
  })

  it('is shown, tried again and remembered as the table says', async (t) => {
    const test = await createTestApp(t)
    const ids = await refuseAll(test)
    for (const [i, { code, treatment, name }] of cases.entries()) {
      const id = ids[i] ?? ''
      const answer = await test.request('GET', `/api/sms/${id}/status/`)
      const { status, error_code: errorCode } = answer.body
      assert.equal(status, treatment.status, name)
      assert.equal(errorCode, treatment.shown ? code : null, name)
      assert.equal(await test.app.optOuts.has(numberOf(i)), treatment.optsOut === true, name)
      const { nextAt } = (await test.app.messages.get(id))?.message ?? {}
      const waitMs = nextAt === undefined ? undefined : nextAt - test.clock.now()
      const [least, most] = treatment.again ?? []
      if (least === undefined || most === undefined) assert.equal(waitMs, undefined, name)
      else assert.ok(waitMs && waitMs >= least * 1e3 && waitMs <= most * 1e3, `${name}: ${waitMs}`)
    }
    assert.equal(test.twilio.messages().length, 0)
  })

  it('ends in one text where it may be tried again, and in none elsewhere', async (t) => {
    const test = await createTestApp(t)
    const ids = await refuseAll(test)
    for (let minute = 0; minute < 5; minute += 0.5) {
      await test.advance(30_000)
      await test.app.runDue()
    }
    for (const [i, { treatment, name }] of cases.entries()) {
      const texts = test.twilio.messages({ to: numberOf(i) }).length
      assert.equal(texts, treatment.arrives ? 1 : 0, name)
      const { status, errorCode } = (await test.app.messages.get(ids[i] ?? ''))?.message ?? {}
      if (treatment.arrives) assert.deepEqual([status, errorCode], ['DELIVERED', undefined], name)
      else assert.equal(status, 'FAILED', name)
    }
  })

  it('is asked for nothing while Twilio is too busy for anybody', async (t) => {
    const test = await createTestApp(t)
    await refuseAll(test)
    const later = await test.request('POST', '/api/sms/send/', {
      to_phone: '+14155559999',
      message: 'hello',
    })
    await test.app.runDue()
    const id = String(later.body['id'])
    assert.equal((await test.app.messages.get(id))?.message.attempts, 0)
    await test.advance(1_500)
    await test.app.runDue()
    assert.equal((await test.app.messages.get(id))?.message.status, 'ACCEPTED')
  })
})

describe('a code that comes after Twilio has taken the message', () => {
  it('is shown as the reason, and opts the phone out where it means that', async (t) => {
    const test = await createTestApp(t)
    const later = listCodes().filter(({ phase }) => phase === 'delivery' || phase === 'either')
    const ids: string[] = []
    for (const [i, { code }] of later.entries()) {
      const kind = i % 2 === 0 ? 'undelivered' : 'failed'
      test.twilio.behave({ kind, code, to: numberOf(i) })
      const sent = await test.app.messages.send({ toPhone: numberOf(i), message: 'hello' })
      if (sent.kind === 'accepted') ids.push(sent.message.id)
    }
    await test.app.runDue()
    await test.advance(60_000)
    for (const [i, { code }] of later.entries()) {
      const { body } = await test.request('GET', `/api/sms/${ids[i]}/status/`)
      const status = i % 2 === 0 ? 'UNDELIVERED' : 'FAILED'
      assert.deepEqual([body['status'], body['error_code']], [status, code])
      assert.equal(await test.app.optOuts.has(numberOf(i)), code === 21610, String(code))
      // Twilio has tried: whether it is worth another text is for whoever sent it to say.
      assert.equal(test.twilio.messages({ to: numberOf(i) }).length, 1)
    }
  })
})
