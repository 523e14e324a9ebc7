import type { Settings } from '../config.ts'
import { type AskSettings, askAt } from '../domain/asking.ts'
import { eventOf, type MessageEvent } from '../domain/event.ts'
import { advances, type Message } from '../domain/message.ts'
import { retryDelayMs } from '../domain/retry.ts'
import type { Instant } from '../domain/time.ts'
import { isOptOut } from '../provider/message-status.ts'
import type { SendOutcome } from '../provider/provider.ts'
import type { Tables } from '../storage/store.ts'
import { applyReports, eventOfReport, type KnownReport, moveOf, noteOptOut } from './reports.ts'

/** How an attempt ended: by the carrier's answer, by none, or before any call. */
export type Ending = SendOutcome | { kind: 'worthless' }

/** An attempt with its ending, to be written down. */
export interface EndedAttempt {
  message: Message
  ending: Ending
}

/** What an ending without acceptance means for its message. */
type Consequence = { errorCode?: number | undefined; detail: string } & (
  | { kind: 'ended'; status: 'FAILED' | 'EXPIRED'; optOut: boolean }
  | { kind: 'again'; waitMs: number }
  | { kind: 'in-doubt' }
)

const statusAfter = { again: 'QUEUED', 'in-doubt': 'IN_DOUBT' } as const

function consequenceOf(
  ending: Exclude<Ending, { kind: 'accepted' }>,
  attempts: number,
  random: () => number,
): Consequence {
  switch (ending.kind) {
    case 'refused': {
      const { code: errorCode, retry, optOut, words: detail } = ending
      if (optOut || retry === 'never') {
        return { kind: 'ended', status: 'FAILED', optOut, errorCode, detail }
      }
      return { kind: 'again', waitMs: retryDelayMs(retry, attempts, random()), errorCode, detail }
    }
    case 'busy': {
      const askedMs = (ending.retryAfterSeconds ?? 0) * 1_000
      const waitMs = askedMs + retryDelayMs('backoff', attempts, random())
      return { kind: 'again', waitMs, errorCode: ending.code, detail: ending.words }
    }
    case 'not-sent': {
      const waitMs = retryDelayMs('backoff', attempts, random())
      return { kind: 'again', waitMs, detail: ending.words }
    }
    case 'unknown':
      return { kind: 'in-doubt', detail: ending.words }
    case 'worthless':
      return { kind: 'ended', status: 'EXPIRED', optOut: false, detail: 'too late to be of use' }
  }
}

/** Writes down how attempts ended, in the caller's transaction. Answers the ids that changed. */
export async function writeEndings(
  tables: Tables,
  attempts: EndedAttempt[],
  parts: { settings: Settings; random: () => number; now: Instant },
): Promise<Set<string>> {
  const { settings, random, now } = parts
  const reports: KnownReport[] = []
  const rest: { message: Message; consequence: Consequence }[] = []
  for (const { message, ending } of attempts) {
    const { attempts: attempt } = message
    if (ending.kind === 'accepted') {
      reports.push({ message, report: ending.report, attempt, source: 'worker', dedupe: false })
    } else {
      rest.push({ message, consequence: consequenceOf(ending, attempt, random) })
    }
  }
  const changed = await writeConsequences(tables, rest, settings, now)
  if (reports.length === 0) return changed
  const [completed, adopted] = await Promise.all([
    completeAttempts(tables, reports, now, settings.delivery),
    tables.events.adopt(
      reports.map(({ message, report }) => ({
        providerMsgId: report.providerMsgId,
        messageId: message.id,
      })),
    ),
  ])
  const others = reports.filter(({ message }) => !completed.has(message.id))
  const accepted =
    others.length > 0
      ? await applyReports(tables, others, now, settings.delivery)
      : new Set<string>()
  const overtaken = await followOrphans(tables, { reports, adopted }, now, settings.delivery)
  return new Set([...changed, ...completed, ...accepted, ...overtaken])
}

/** Answers that nothing has overtaken: almost all of them. Nothing need be read for these. */
async function completeAttempts(
  tables: Tables,
  reports: KnownReport[],
  now: Instant,
  settings: AskSettings,
): Promise<Set<string>> {
  const plain = reports.filter(
    ({ message, report }) =>
      message.providerMsgId === undefined && advances('SENDING', report.status) && !report.optOut,
  )
  const completed = await tables.messages.complete(
    plain.map((known) => ({ ...moveOf(known, now, settings), attempts: known.attempt ?? 0 })),
  )
  await tables.events.append(
    plain
      .filter(({ message }) => completed.has(message.id))
      .map((known) => eventOfReport(known, { applied: true, foreign: false, now })),
  )
  return completed
}

async function writeConsequences(
  tables: Tables,
  rest: { message: Message; consequence: Consequence }[],
  settings: Settings,
  at: Instant,
): Promise<Set<string>> {
  const settleAt = at + settings.delivery.settleAfterSeconds * 1_000
  const changed = new Set<string>()
  for (const { message, consequence } of rest) {
    const { kind, errorCode, detail } = consequence
    const moved = await move(tables, message, consequence, { at, settleAt })
    if (kind === 'ended' && consequence.optOut) {
      await noteOptOut(tables, message, errorCode, at)
    }
    // Not moved: the row is no longer where this attempt left it, and the news is old.
    if (!moved.has(message.id)) continue
    changed.add(message.id)
    const status = kind === 'ended' ? consequence.status : statusAfter[kind]
    await tables.events.append([eventOf(message, { status, errorCode, detail }, at)])
  }
  return changed
}

function move(
  { messages }: Tables,
  { id, attempts }: Message,
  consequence: Consequence,
  { at, settleAt }: { at: Instant; settleAt: Instant },
): Promise<Set<string>> {
  const { errorCode } = consequence
  switch (consequence.kind) {
    case 'ended':
      return messages.advance([
        { id, status: consequence.status, nextAt: undefined, at, errorCode },
      ])
    case 'again':
      // Its worker has come back: the message is not what silences workers.
      return messages.requeue([
        { id, attempts, nextAt: at + consequence.waitMs, at, errorCode, lapses: 0 },
      ])
    case 'in-doubt':
      return messages.doubt([{ id, attempts, nextAt: settleAt, at }])
  }
}

/** Where callbacks lead that came before we knew the SID in them, now that we do. */
async function followOrphans(
  tables: Tables,
  { reports, adopted }: { reports: KnownReport[]; adopted: MessageEvent[] },
  at: Instant,
  settings: AskSettings,
): Promise<Set<string>> {
  const changed = new Set<string>()
  if (adopted.length === 0) return changed
  const messageOf = new Map(reports.map(({ message }) => [message.id, message]))
  // One by one: several may be of one message, and each has to see where the last one led.
  for (const { messageId, providerMsgId, status, errorCode } of adopted) {
    if (messageId === undefined) continue
    const message = messageOf.get(messageId)
    if (message && isOptOut(errorCode)) await noteOptOut(tables, message, errorCode, at)
    const known = { status, providerMsgId, price: undefined, numSegments: undefined }
    const nextAt = askAt(known, { polls: 0, silentMs: 0, now: at }, settings)
    const move = { id: messageId, status, errorCode, nextAt, at }
    for (const id of await tables.messages.advance([move])) {
      await tables.events.confirm(id, status)
      changed.add(id)
    }
  }
  return changed
}
