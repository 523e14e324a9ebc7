import type { Settings } from '../config.ts'
import { eventOf } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import type { Message } from '../domain/message.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { CarrierReport, Provider } from '../provider/provider.ts'
import { StorageError } from '../storage/errors.ts'
import type { Store, Tables } from '../storage/store.ts'
import type { Flow } from './flow.ts'
import { applyReports } from './reports.ts'
import type { Signals } from './signals.ts'

/** Settling messages of which nobody knows whether the carrier has them. */
export interface Doubt {
  /** Marks lapsed attempts as in doubt, then asks the carrier for those whose rest is over. Answers how many it settled. */
  settleDue(): Promise<number>
}

// When the carrier's list is asked for "since then", our clock of then may differ by this much from that
// of now: it was put right in between. How far that of now is ahead of the carrier's, its answers tell.
const clockSkewMs = 600_000
/** While a twin is still being sent, or the carrier does not answer, a doubtful message waits this long. */
const againMs = 5_000
const batch = 50
/** Look-ups share the account's limits with the messages themselves. */
const atOnce = 10

/** Doubt over one provider. */
export function createDoubt(parts: {
  settings: Settings
  store: Store
  provider: Provider
  /** The text as it left, if that can still be told. */
  textOf: (message: Message) => Promise<string | undefined>
  flow: Pick<Flow, 'isOpen' | 'lookUps' | 'note'>
  signals: Signals
  clock: Clock
  logger: Logger
}): Doubt {
  const { settings, store, provider, textOf, flow, signals, clock, logger } = parts

  async function markLapsed(): Promise<void> {
    const lapsed = await store.transaction(async (tables) => {
      const now = clock.now()
      const settleAt = now + settings.delivery.settleAfterSeconds * 1_000
      const messages = await tables.messages.doubtLapsed(now, settleAt, batch)
      const detail = 'its worker went silent during the call'
      if (messages.length > 0)
        await tables.events.append(
          messages.map((m) => eventOf(m, { status: 'IN_DOUBT', detail }, now)),
        )
      return messages
    })
    signals.changed(lapsed.map((message) => message.id))
  }

  async function postpone(message: Message): Promise<void> {
    await store.transaction((tables) =>
      tables.messages.planPolls([
        { id: message.id, nextAt: clock.now() + againMs, polls: message.polls + 1 },
      ]),
    )
  }

  /** The carrier's message that must be ours: same number, same text, and nobody else's by its SID. */
  async function recognise(
    message: Message,
    body: string | undefined,
    reports: CarrierReport[],
  ): Promise<CarrierReport | undefined> {
    const owned = await store.messages.findByProviderIds(
      reports.map((report) => report.providerMsgId),
    )
    const taken = new Set(
      owned.filter((one) => one.id !== message.id).map((one) => one.providerMsgId),
    )
    const free = reports.filter((report) => !taken.has(report.providerMsgId))
    // Without a text to compare, several could be it, and its status would be another one's.
    return body === undefined && free.length > 1 ? undefined : free[0]
  }

  async function settle(message: Message): Promise<boolean> {
    // The carrier's list shows no id of ours. Of two twins the one in flight could own what we find.
    const rivals = await store.messages.listRivals(message)
    if (rivals.some((rival) => rival.status === 'SENDING')) {
      await postpone(message)
      return false
    }
    const since = (message.attemptedAt ?? message.createdAt) - clockSkewMs
    const body = await textOf(message)
    const found = await provider.find({ toPhone: message.toPhone, body, since })
    // That it can be asked says little while it takes no messages, unless nothing else is asked.
    if (found.kind === 'unavailable') await flow.note({ kind: 'failed' })
    else if (flow.isOpen()) await flow.note({ kind: 'answered' })
    if (found.kind === 'unavailable') {
      logger.warn(
        { event: 'settle-unavailable', messageId: message.id, reason: found.words },
        'the carrier could not be asked about a doubtful message',
      )
      await postpone(message)
      return false
    }
    const report = await recognise(message, body, found.reports)
    const changed = await store.transaction((tables) =>
      report ? adopt(tables, message, report) : decideUnfound(tables, message),
    )
    signals.changed(changed)
    if (!report) signals.wake()
    return true
  }

  async function adopt(
    tables: Tables,
    message: Message,
    report: CarrierReport,
  ): Promise<Set<string>> {
    const known = {
      message,
      report,
      source: 'poll',
      attempt: message.attempts,
      dedupe: false,
    } as const
    return applyReports(tables, [known], clock.now(), settings.delivery)
  }

  async function decideUnfound(tables: Tables, message: Message): Promise<Set<string>> {
    const now = clock.now()
    const { id, attempts, lapses } = message
    const { status, detail } = decisionFor(message, now)
    const changed =
      status === 'QUEUED'
        ? await tables.messages.requeue([
            { id, attempts, nextAt: now, at: now, errorCode: undefined, lapses },
          ])
        : await tables.messages.advance([{ id, status, nextAt: undefined, at: now }])
    if (changed.has(id)) {
      await tables.events.append([eventOf(message, { status, detail }, now)])
    }
    return changed
  }

  /** What becomes of a message that the carrier does not have. */
  function decisionFor(
    message: Message,
    now: Instant,
  ): { status: 'QUEUED' | 'FAILED' | 'EXPIRED'; detail: string } {
    const { maxLapses, whenNotFound } = settings.delivery
    if (message.expiresAt <= now) {
      return {
        status: 'EXPIRED',
        detail: 'the carrier does not know it, and it is too late for it',
      }
    }
    if (message.lapses >= maxLapses) {
      logger.error(
        { event: 'message-quarantined', messageId: message.id, lapses: message.lapses },
        'a message is given up: its workers went silent with it',
      )
      const detail = `quarantined: ${message.lapses} workers went silent during its call`
      return { status: 'FAILED', detail }
    }
    const policy = whenNotFound[message.verificationId === undefined ? 'message' : 'verification']
    return policy === 'resend'
      ? { status: 'QUEUED', detail: 'the carrier does not know it: it will be sent again' }
      : { status: 'FAILED', detail: 'the carrier does not know it, and it is not sent twice' }
  }

  /** One message that cannot be settled must not keep the others from it. */
  async function trySettle(message: Message): Promise<boolean> {
    try {
      return await settle(message)
    } catch (error) {
      if (error instanceof StorageError) throw error
      const fields = { event: 'settle-failed', messageId: message.id, error: String(error) }
      logger.error(fields, 'a doubtful message could not be settled')
      await postpone(message)
      return false
    }
  }

  return {
    async settleDue() {
      await markLapsed()
      const doubtful = await store.messages.listDoubtful(clock.now(), flow.lookUps(batch))
      const phones = Map.groupBy(doubtful, (message) => message.toPhone).values()
      let settled = 0
      async function settleNext(): Promise<boolean> {
        const { value: twins } = phones.next()
        if (twins === undefined) return false
        // One after another: twins must see what was decided for each other.
        for (const message of twins) {
          if (flow.lookUps(1) === 0) return false
          if (await trySettle(message)) settled++
        }
        return true
      }
      async function settlePhones(): Promise<void> {
        while (await settleNext());
      }
      // The first one alone: from its answer the others learn whether there is anybody to ask.
      await settleNext()
      await Promise.all(Array.from({ length: atOnce }, settlePhones))
      return settled
    },
  }
}
