import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import { contradicts, finalRank, type Message, rankOf } from '../domain/message.ts'
import { pollDelayMs } from '../domain/retry.ts'
import type { Clock } from '../domain/time.ts'
import type { CarrierReport, Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import { applyReports } from './reports.ts'
import type { Signals } from './signals.ts'

/** Asking the carrier about messages whose callbacks stay away. */
export interface Reconciliation {
  /** Fetches the messages that are due for it. Answers how many it asked about. */
  pollDue(): Promise<number>
}

const batch = 50

/** Reconciliation over one provider. */
export function createReconciliation(parts: {
  settings: Settings
  store: Store
  provider: Provider
  signals: Signals
  clock: Clock
  logger: Logger
}): Reconciliation {
  const { settings, store, provider, signals, clock, logger } = parts

  async function poll(message: Message): Promise<void> {
    const { id, providerMsgId } = message
    if (providerMsgId === undefined) return planNext(message)
    const outcome = await provider.fetch(providerMsgId)
    if (outcome.kind === 'unavailable') {
      logger.warn(
        { event: 'poll-unavailable', messageId: id },
        'the carrier could not be asked about a silent message',
      )
    }
    if (outcome.kind !== 'found' || !isNews(message, outcome.report)) return planNext(message)
    const changed = await store.transaction(async (tables) => {
      const now = clock.now()
      const { report } = outcome
      const known = { message, report, source: 'poll', attempt: undefined, dedupe: false } as const
      const moved = await applyReports(tables, [known], now, settings.delivery)
      // We held a final word that the carrier itself, asked by us, does not confirm: it is believed.
      if (!contradicts(message.status, report.status)) return moved
      await tables.messages.correct({ ...report, id, nextAt: undefined, at: now })
      return moved.add(id)
    })
    signals.changed(changed)
  }

  async function planNext(message: Message): Promise<void> {
    const silentMs = clock.now() - (message.lastEventTime ?? message.createdAt)
    const settled = rankOf[message.status] >= finalRank
    const wait = settled ? undefined : pollDelayMs(message.polls + 1, silentMs, settings.delivery)
    const nextAt = wait === undefined ? undefined : clock.now() + wait
    await store.transaction((tables) =>
      tables.messages.planPolls([{ id: message.id, nextAt, polls: message.polls + 1 }]),
    )
  }

  return {
    async pollDue() {
      const due = await store.messages.listUnsettled(clock.now(), batch)
      await Promise.all(due.map(poll))
      return due.length
    },
  }
}

function isNews(message: Message, report: CarrierReport): boolean {
  return (
    rankOf[report.status] > rankOf[message.status] || contradicts(message.status, report.status)
  )
}
