import type { Settings } from '../config.ts'
import { callbackKey, type NewEvent } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type {
  CallbackReading,
  CallbackRequest,
  CarrierReport,
  Provider,
} from '../provider/provider.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import { isOutage, patienceMs } from './patience.ts'
import type { RefusedCallbacks, RefusedRequest } from './refused-callbacks.ts'
import { applyReports, type KnownReport } from './reports.ts'
import type { Signals } from './signals.ts'

/** How a callback can end. Only `stored` may be answered 2xx; only `unavailable` should be repeated. */
export type CallbackResult =
  | { kind: 'stored' }
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | { kind: 'unavailable' }

/** What the carrier tells us by webhook. */
export interface Callbacks {
  /** Checks, then stores; when it resolves with `stored`, the event is on disk. */
  receive(
    request: CallbackRequest,
    received: Pick<RefusedRequest, 'path' | 'headers'>,
  ): Promise<CallbackResult>
}

/** The callbacks of one app. Those that arrive together share one transaction. */
export function createCallbacks(parts: {
  settings: Settings
  store: Store
  provider: Provider
  refusals: RefusedCallbacks
  signals: Signals
  clock: Clock
  logger: Logger
}): Callbacks {
  const { settings, store, provider, refusals, signals, clock, logger } = parts
  const storeReading = createBatcher<Reading, Set<string>>(
    async (readings) => {
      // Twilio waits 15 s and repeats what it was answered 5xx for: soon is better than late.
      const changed = await store.transaction(
        (tables) => storeGroup(tables, readings, clock.now(), settings.delivery),
        { patienceMs },
      )
      return readings.map(() => changed)
    },
    { isOutage },
  )

  return {
    async receive(request, received) {
      // Nothing before this line may touch the database: a stranger can get this far.
      const reading = provider.readCallback(request)
      if (reading.kind === 'forged') refusals.note({ ...received, ...request })
      if (reading.kind !== 'status') return reading
      try {
        signals.changed(await storeReading(reading))
        return { kind: 'stored' }
      } catch (error) {
        logger.error(
          { event: 'callback-failed', error: String(error) },
          'a callback could not be stored',
        )
        return { kind: 'unavailable' }
      }
    },
  }
}

type Reading = Extract<CallbackReading, { kind: 'status' }>

async function storeGroup(
  tables: Tables,
  readings: Reading[],
  now: Instant,
  settings: Settings['delivery'],
): Promise<Set<string>> {
  const byId = await tables.messages.standing([
    ...new Set(readings.flatMap((one) => one.messageId ?? [])),
  ])
  const named = new Map(byId.map((message) => [message.id, message]))
  // Also those that would give a message its SID: it may be another message's already.
  const sids = readings.flatMap(({ messageId = '', report }) =>
    named.get(messageId)?.providerMsgId === undefined ? report.providerMsgId : [],
  )
  const bySid = sids.length > 0 ? await tables.messages.findByProviderIds([...new Set(sids)]) : []
  const owners = new Map(bySid.map((message) => [message.providerMsgId, message]))

  const reports: KnownReport[] = []
  const orphans: NewEvent[] = []
  for (const { messageId, attempt, report } of readings) {
    const owner = owners.get(report.providerMsgId)
    const message = messageId === undefined ? owner : named.get(messageId)
    // It names one message and carries the SID of another: true of neither.
    if (message && owner && owner.id !== message.id) continue
    if (message) reports.push({ message, report, attempt, source: 'callback', dedupe: true })
    // It names a row that is gone: nothing to keep. Without our id the row may not know its SID yet.
    else if (messageId === undefined) orphans.push(orphanOf(report, now))
  }
  if (orphans.length > 0) await tables.events.append(orphans)
  return applyReports(tables, reports, now, settings)
}

function orphanOf(report: CarrierReport, now: Instant): NewEvent {
  return {
    messageId: undefined,
    providerMsgId: report.providerMsgId,
    status: report.status,
    source: 'callback',
    applied: false,
    errorCode: report.errorCode,
    detail: report.words,
    attempt: undefined,
    dedupeKey: callbackKey(report.providerMsgId, report.words, report.errorCode),
    createdAt: now,
  }
}
