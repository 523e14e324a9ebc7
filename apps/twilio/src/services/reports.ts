import { type AskSettings, askAt } from '../domain/asking.ts'
import { callbackKey, type EventSource, type NewEvent } from '../domain/event.ts'
import { advances, contradicts, type MessageStatus } from '../domain/message.ts'
import { everySender } from '../domain/opt-out.ts'
import { maskPhone } from '../domain/phone.ts'
import type { Instant } from '../domain/time.ts'
import type { CarrierReport } from '../provider/provider.ts'
import { countPrices } from './prices.ts'
import type { Move, Standing, Tables } from '../storage/store.ts'

/** Something the carrier said of a message that we know. */
export interface KnownReport {
  message: Standing
  report: CarrierReport
  source: EventSource
  attempt: number | undefined
  /** Callbacks repeat themselves; what we asked for ourselves does not. */
  dedupe: boolean
}

/**
 * Applies what the carrier said, by rank, and notes every word of it: one place for answers, callbacks
 * and polls. Inside the caller's transaction. Answers the ids of the messages that changed.
 */
export async function applyReports(
  tables: Tables,
  reports: KnownReport[],
  now: Instant,
  settings: AskSettings,
): Promise<Set<string>> {
  const standing = new Map<string, { status: MessageStatus; sid: string | undefined }>()
  const judged = (await refresh(tables, reports)).map((known) => {
    const { message, report } = known
    const before = standing.get(message.id) ?? {
      status: message.status,
      sid: message.providerMsgId,
    }
    // A second SID for one message: an earlier attempt that was taken for lost has arrived after all.
    const foreign = before.sid !== undefined && before.sid !== report.providerMsgId
    const moves = !foreign && advances(before.status, report.status)
    const disputed = !foreign && contradicts(before.status, report.status)
    standing.set(message.id, {
      status: moves ? report.status : before.status,
      sid: before.sid ?? report.providerMsgId,
    })
    return { known, foreign, moves, disputed, agrees: before.status === report.status }
  })

  const fresh = await tables.events.append(
    judged.map(({ known, foreign, moves }) =>
      eventOfReport(known, { applied: moves, foreign, now }),
    ),
  )
  const news = judged.filter((_, i) => fresh[i] === true)
  const own = news.filter((one) => !one.foreign)
  const moved = await tables.messages.advance(
    own.filter((one) => one.moves).map((one) => moveOf(one.known, now, settings)),
  )
  // A callback that changes no status may still bring the SID or the price.
  const late = own
    .filter((one) => !one.moves)
    .map(({ known, agrees }) => {
      const facts = { ...factsOf(known.report), id: known.message.id, at: now }
      // An error code says why a message stands where it stands, not where somebody else sees it.
      return agrees ? facts : { ...facts, errorCode: undefined }
    })
  if (late.length > 0) await tables.messages.fillIn(late)
  await countPrices(
    tables,
    own.map(({ known }) => known),
  )
  // Through a pool of senders Twilio may find out only after it has taken the message.
  for (const { known } of own.filter((one) => one.known.report.optOut)) {
    await noteOptOut(tables, known.message, known.report.errorCode, now)
  }
  const disputes = own.filter((one) => one.disputed)
  if (disputes.length > 0) {
    // Two final words: only the carrier can say which one holds, so it is asked at once.
    await tables.messages.planPolls(
      disputes.map(({ known }) => ({ id: known.message.id, nextAt: now, polls: 0 })),
    )
  }
  return moved
}

/** Answers and polls know their message from before the call: a callback may have overtaken them. */
async function refresh(tables: Tables, reports: KnownReport[]): Promise<KnownReport[]> {
  const asked = reports.filter((known) => known.source !== 'callback')
  if (asked.length === 0) return reports
  const rows = await tables.messages.standing(asked.map((known) => known.message.id))
  const current = new Map(rows.map((message) => [message.id, message]))
  return reports.map((known) => ({
    ...known,
    message: current.get(known.message.id) ?? known.message,
  }))
}

/** What the carrier said, as an event. */
export function eventOfReport(
  known: KnownReport,
  facts: { applied: boolean; foreign: boolean; now: Instant },
): NewEvent {
  const { message, report, source, attempt, dedupe } = known
  return {
    messageId: message.id,
    providerMsgId: report.providerMsgId,
    status: report.status,
    source,
    applied: facts.applied,
    errorCode: report.errorCode,
    detail: facts.foreign
      ? `${report.words}; another id than this message has: it may have arrived twice`
      : report.words,
    attempt,
    dedupeKey: dedupe
      ? callbackKey(report.providerMsgId, report.words, report.errorCode)
      : undefined,
    createdAt: facts.now,
  }
}

function factsOf(report: CarrierReport): Omit<Move, 'id' | 'status' | 'nextAt' | 'at'> {
  const { providerMsgId, fromPhone, errorCode, numSegments, price, priceUnit } = report
  return { providerMsgId, fromPhone, errorCode, numSegments, price, priceUnit }
}

/** Where a report of another status takes its message, and when the carrier is asked about it next. */
export function moveOf(
  { message, report }: Pick<KnownReport, 'message' | 'report'>,
  now: Instant,
  settings: AskSettings,
): Move {
  const { status } = report
  const known = {
    status,
    providerMsgId: message.providerMsgId ?? report.providerMsgId,
    price: report.price ?? message.price,
    numSegments: report.numSegments ?? message.numSegments,
  }
  const nextAt = askAt(known, { polls: 0, silentMs: 0, now }, settings)
  return { ...factsOf(report), id: message.id, status, nextAt, at: now }
}

/** Stops further texts from the sender of a message that the carrier would not deliver to its phone. */
export async function noteOptOut(
  tables: Tables,
  { id }: Pick<Standing, 'id'>,
  errorCode: number | undefined,
  at: Instant,
): Promise<void> {
  const message = await tables.messages.find(id)
  if (message === undefined) return
  const { toPhone: phone, messagingServiceSid, fromPhone } = message
  const sender = messagingServiceSid ?? fromPhone ?? everySender
  const reason = `refused by the carrier (${errorCode})`
  if (!(await tables.optOuts.add({ phone, sender, source: 'carrier', reason, at }))) return
  const subject = maskPhone(phone)
  const detail = { reason, message: id, sender }
  await tables.audit.append([{ actor: 'carrier', action: 'opt-out-added', subject, detail, at }])
}
