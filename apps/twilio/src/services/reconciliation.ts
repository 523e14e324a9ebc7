import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import type { Message } from '../domain/message.ts'
import type { Clock } from '../domain/time.ts'
import type { FetchOutcome, Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import type { Flow } from './flow.ts'
import { type ListPlan, planLists } from './list-plan.ts'
import { type PollAnswer, writeAnswers } from './poll-answers.ts'
import type { Signals } from './signals.ts'

/** Asking the carrier about messages whose callbacks stay away, and what the final ones cost. */
export interface Reconciliation {
  /** Asks about messages that are due for it, many at once where there are many. Answers how many. */
  pollDue(): Promise<number>
}

const batch = 1_000
/** Single questions share the account's limits with the messages themselves: so many at once, and in one go. */
const atOnce = 8
const mostSingly = 50
/** After so many lists in a row without an answer the messages are asked about one by one. */
const patience = 3
const firstRestMs = 5_000
const longestRestMs = 60_000

/** Reconciliation over one provider. */
export function createReconciliation(parts: {
  settings: Settings
  store: Store
  provider: Provider
  flow: Pick<Flow, 'isOpen' | 'lookUps' | 'note'>
  signals: Signals
  clock: Clock
  logger: Logger
}): Reconciliation {
  const { settings, store, provider, flow, signals, clock, logger } = parts
  let restUntil = -Infinity
  let restMs = firstRestMs
  let failedLists = 0
  /** Those that a list has not shown, while they are due. */
  let unlisted = new Set<string>()

  const write = createBatcher<PollAnswer, void>(async (answers) => {
    const changed = await store.transaction((tables) =>
      writeAnswers(tables, answers, clock.now(), settings.delivery),
    )
    signals.changed(changed)
    return answers.map(() => undefined)
  })

  const resting = () => clock.monotonic() < restUntil

  /** A carrier that does not answer is left alone, each time for longer. */
  async function note(outcome: {
    kind: string
    words?: string
    retryAfterSeconds?: number | undefined
  }): Promise<void> {
    // While the breaker is open a question stands in for the probe.
    if (flow.isOpen())
      await flow.note({ kind: outcome.kind === 'unavailable' ? 'failed' : 'answered' })
    if (outcome.kind !== 'unavailable') {
      restMs = firstRestMs
      return
    }
    if (resting()) return
    const waitMs = Math.max(restMs, (outcome.retryAfterSeconds ?? 0) * 1_000)
    restUntil = clock.monotonic() + waitMs
    restMs = Math.min(longestRestMs, 2 * restMs)
    logger.warn(
      { event: 'poll-unavailable', words: outcome.words, waitMs },
      'the carrier could not be asked what became of messages',
    )
  }

  async function askSingly(messages: Message[]): Promise<number> {
    const queue = messages.slice(0, mostSingly)
    let asked = 0
    async function askNext(): Promise<void> {
      for (let next = queue.shift(); next && !resting(); next = queue.shift()) {
        asked++
        const outcome = await fetchOne(next)
        await note(outcome)
        await write({ message: next, outcome })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, askNext))
    return asked
  }

  async function fetchOne({ providerMsgId }: Message): Promise<FetchOutcome> {
    return providerMsgId === undefined ? { kind: 'not-found' } : provider.fetch(providerMsgId)
  }

  async function askByList({ messages, ...query }: ListPlan): Promise<number> {
    const providerMsgIds = new Set(messages.flatMap((one) => one.providerMsgId ?? []))
    const outcome = await provider.fetchMany({ ...query, providerMsgIds })
    await note(outcome)
    if (outcome.kind === 'unavailable') {
      if (++failedLists >= patience) for (const { id } of messages) unlisted.add(id)
      return 0
    }
    failedLists = 0
    const reports = new Map(outcome.reports.map((report) => [report.providerMsgId, report]))
    const writes: Promise<void>[] = []
    for (const message of messages) {
      const report = reports.get(message.providerMsgId ?? '')
      if (report) writes.push(write({ message, outcome: { kind: 'found', report } }))
      else unlisted.add(message.id)
    }
    await Promise.all(writes)
    return messages.length
  }

  return {
    async pollDue() {
      if (resting()) return 0
      const due = await store.messages.listUnsettled(clock.now(), flow.lookUps(batch))
      unlisted = new Set(due.flatMap(({ id }) => (unlisted.has(id) ? id : [])))
      const { lists, singly } = planLists(due, unlisted)
      let asked = 0
      for (const list of lists) if (!resting()) asked += await askByList(list)
      return asked + (await askSingly(singly))
    },
  }
}
