import type { TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { TwilioConfig } from '../../src/config.ts'
import { rankOf } from '../../src/domain/message.ts'
import type { SendInput } from '../../src/services/messages.ts'
import { createTestApp, type TestApp } from '../app.ts'

/** A database, and how a copy of it is made while it is in use. */
export interface Backed {
  database: TwilioConfig['database']
  /** What stands in it at this moment, as a database of its own. */
  backUp(): Promise<TwilioConfig['database']>
}

/** What came of going back to the backup. */
export interface Restored {
  /** Messages that were put in doubt. */
  doubted: number
  /** Of those that were accepted before the backup was made: in the backup, sent since, never sent before. */
  kept: number
  sentMeanwhile: number
  unsent: number
  /** More than once at Twilio; of those in the backup not once there; and not certain in the end. */
  doubled: number
  lost: number
  unsettled: number
}

const phones = 250
/** Posted at once, so that accepting is well ahead of sending. */
const lanes = 100
/** Calls whose answer is lost before the backup. */
export const cutCalls = 3
const textOf = (n: number) => `message ${n}`

/**
 * Sends messages, makes a backup in the middle of it, goes on, and then starts again from the backup
 * in front of the same Twilio, which calls nobody back.
 */
export async function restoreAmid(
  t: Pick<TestContext, 'after'>,
  backed: Backed,
  { messages, afterRestore }: { messages: number; afterRestore: boolean },
): Promise<Restored> {
  const before = await createTestApp(t, {
    config: { database: backed.database, worker: 'elsewhere' },
    twilio: { requestLogSize: 10 },
  })
  const { twilio, clock } = before
  twilio.behave({ kind: 'lost-callbacks', times: 'always' })
  const baseUrl = before.app.settings.twilio.baseUrl
  const { accountSid, authToken } = twilio
  const account = { accountSid, authToken, baseUrl, defaultFrom: '+15005550006' }
  const sentAtLeast = async (n: number) => {
    while (twilio.messages().length < n) for (let i = 0; i < 20; i++) await turn()
  }
  const half = messages / 2
  await accept(before, 0, half)
  // It comes once they are all there, and sends them in their order: what is sent soon after the
  // backup stands in it.
  const worker = await createTestApp(t, {
    config: {
      database: backed.database,
      twilio: account,
      worker: 'background',
      delivery: { concurrency: 2 },
    },
    clock,
  })
  await worker.app.start()
  await sentAtLeast(0.05 * messages)
  // Some whose answer never comes, so that the backup has doubts of its own.
  twilio.behave({ kind: 'hang-up', after: 'accepting', times: cutCalls })
  await sentAtLeast(twilio.messages().length + 2 * cutCalls)
  const backup = await backed.backUp()
  // It ends amid its work: the last ones are refused.
  const rest = accept(before, half, messages).catch(() => undefined)
  await sentAtLeast(twilio.messages().length + 0.05 * messages)
  await Promise.all([worker.app.stop(), before.app.stop(), rest])
  const sentBefore = new Set(twilio.messages().map(({ body }) => body))

  const config = { database: backup, twilio: account }
  const after = await createTestApp(t, { config, clock })
  const known = await standings(after, half)
  if (afterRestore) {
    // By the backup its worker is still at work.
    const early = await after.app.afterRestore()
    if (early.kind !== 'workers-running') throw new Error(`not refused: ${early.kind}`)
  }
  await before.advance(16_000)
  const result = afterRestore ? await after.app.afterRestore() : undefined
  const again = afterRestore ? await after.app.afterRestore() : undefined
  if (again?.kind === 'doubted' && again.messages > 0) throw new Error('doubted twice')
  for (let i = 0; i < 40 + messages / 40; i++) {
    await after.app.runDue()
    await before.advance(5_000)
  }
  const ends = await standings(after, half)
  const sends = Map.groupBy(twilio.messages(), ({ body }) => body)
  const texts = [...ends.keys()]
  return {
    doubted: result?.kind === 'doubted' ? result.messages : 0,
    kept: texts.length,
    sentMeanwhile: [...known].filter(([text, rank]) => rank < 2 && sentBefore.has(text)).length,
    unsent: texts.filter((text) => !sentBefore.has(text)).length,
    doubled: [...sends.values()].filter((copies) => copies.length > 1).length,
    lost: texts.filter((text) => !sends.has(text)).length,
    unsettled: [...ends.values()].filter((rank) => rank < rankOf.ACCEPTED).length,
  }
}

function inputOf(n: number): SendInput {
  return {
    toPhone: `+1415555${2_000 + (n % phones)}`,
    message: textOf(n),
    idempotencyKey: textOf(n),
  }
}

async function accept({ app }: TestApp, from: number, to: number): Promise<void> {
  const lane = async (start: number) => {
    for (let n = start; n < to; n += lanes) {
      const { kind } = await app.messages.send(inputOf(n))
      if (kind !== 'accepted') throw new Error(`refused: ${kind}`)
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(from + i)))
}

/** How far the messages of the backup have come: a repeated key shows the row that it was used for. */
async function standings({ app }: TestApp, count: number): Promise<Map<string, number>> {
  const ranks = new Map<string, number>()
  for (let n = 0; n < count; n++) {
    const again = await app.messages.send(inputOf(n))
    if (again.kind === 'accepted' && again.replayed)
      ranks.set(textOf(n), rankOf[again.message.status])
  }
  return ranks
}
