import { type AskSettings, askAgainAt, askAt } from '../domain/asking.ts'
import { contradicts, isFinal, type Message, rankOf } from '../domain/message.ts'
import type { Instant } from '../domain/time.ts'
import type { CarrierReport, FetchOutcome } from '../provider/provider.ts'
import type { Move, Standing, Tables } from '../storage/store.ts'
import { countPrices } from './prices.ts'
import { applyReports, type KnownReport, moveOf } from './reports.ts'

/** A message as it stood when the carrier was asked about it, and what came back. */
export interface PollAnswer {
  message: Message
  outcome: FetchOutcome
}

/** Writes down what the carrier answered, in the caller's transaction. Answers the ids that changed. */
export async function writeAnswers(
  tables: Tables,
  answers: PollAnswer[],
  now: Instant,
  settings: AskSettings,
): Promise<Set<string>> {
  const rows = await tables.messages.standing(answers.map(({ message }) => message.id))
  const current = new Map(rows.map((row) => [row.id, row]))
  const news: (KnownReport & { message: Standing })[] = []
  const costs: Omit<Move, 'status' | 'nextAt'>[] = []
  const priced: Pick<KnownReport, 'message' | 'report'>[] = []
  const plans: { id: string; nextAt: Instant | undefined; polls: number }[] = []
  for (const { message, outcome } of answers) {
    const { id } = message
    const row = current.get(id)
    if (!row) continue
    const report = outcome.kind === 'found' ? outcome.report : undefined
    if (report && isNews(row, report)) {
      news.push({ message: row, report, source: 'poll', attempt: undefined, dedupe: false })
      continue
    }
    if (report && tellsCost(row, report)) {
      costs.push({ ...costOf(report), id, at: now })
      priced.push({ message: row, report })
    }
    // Whoever moved it meanwhile has planned what comes next.
    if (row.status === message.status)
      plans.push({
        id,
        nextAt: nextAskAt(message, outcome, now, settings),
        polls: message.polls + 1,
      })
  }

  const changed = await applyReports(tables, news, now, settings)
  for (const { message, report } of news) {
    // We held a final word that the carrier itself, asked by us, does not confirm: it is believed.
    if (!contradicts(message.status, report.status)) continue
    if (await tables.messages.correct(moveOf({ message, report }, now, settings)))
      await tables.events.confirm(message.id, report.status)
    changed.add(message.id)
  }
  if (costs.length > 0) await tables.messages.fillIn(costs)
  await countPrices(tables, priced)
  if (plans.length > 0) await tables.messages.planPolls(plans)
  return new Set([...changed, ...costs.map(({ id }) => id)])
}

function isNews(row: Standing, report: CarrierReport): boolean {
  return rankOf[report.status] > rankOf[row.status] || contradicts(row.status, report.status)
}

function nextAskAt(
  message: Message,
  outcome: FetchOutcome,
  now: Instant,
  settings: AskSettings,
): Instant | undefined {
  const silentMs = now - (message.lastEventTime ?? message.createdAt)
  const moment = { polls: message.polls + 1, silentMs, now }
  if (outcome.kind === 'unavailable') return askAgainAt(message, moment, settings)
  // Deleted at the carrier: nobody there will ever tell what it cost.
  if (outcome.kind === 'not-found' && isFinal(message.status)) return undefined
  const { price, numSegments } = outcome.kind === 'found' ? outcome.report : message
  const known = {
    ...message,
    price: price ?? message.price,
    numSegments: numSegments ?? message.numSegments,
  }
  return askAt(known, moment, settings)
}

function tellsCost(row: Standing, report: CarrierReport): boolean {
  return (
    (row.price === undefined && report.price !== undefined) ||
    (row.numSegments === undefined && report.numSegments !== undefined)
  )
}

function costOf({ fromPhone, numSegments, price, priceUnit }: CarrierReport) {
  return { fromPhone, numSegments, price, priceUnit }
}
