import { z } from 'zod'
import { type OverviewFacts, overviewRanges, type OverviewTotals } from '../../services/overview.ts'
import { toTime } from '../shapes.ts'
import { overviewDocs } from './overview-docs.ts'
import { time } from './shapes.ts'
import { defineAdmin } from './tools.ts'

const count = z.number().int()
const secondsOrNull = z.number().nullable()
const totals = z
  .strictObject({
    sent: count.meta({ description: 'Twilio has, or had, them.' }),
    delivered: count,
    undelivered: count,
    failed: count.meta({ description: 'Expired ones among them.' }),
    in_doubt: count,
    cost: z.array(z.strictObject({ unit: z.string(), amount: z.string() })),
    delivery_median_s: secondsOrNull.meta({ description: 'A tenth off at most.' }),
    delivery_p95_s: secondsOrNull,
  })
  .meta({ id: 'OverviewTotals' })

/** Everything that an overview shows. */
export const overviewShape = z
  .strictObject({
    range: z.enum(overviewRanges),
    from: time,
    to: time,
    totals,
    previous: totals,
    buckets: z.array(
      totals
        .extend({ at: time, verifications_started: count, verifications_approved: count })
        .meta({ id: 'OverviewBucket' }),
    ),
    errors: z.array(z.strictObject({ code: count, meaning: z.string().nullable(), count })),
    verification: z.strictObject({
      started: count,
      delivered: count,
      approved: count,
      failed: count,
      expired: count,
      median_seconds: secondsOrNull,
    }),
  })
  .meta({ id: 'Overview' })

function toTotals(facts: OverviewTotals): z.output<typeof totals> {
  return {
    sent: facts.sent,
    delivered: facts.delivered,
    undelivered: facts.undelivered,
    failed: facts.failed,
    in_doubt: facts.inDoubt,
    cost: facts.cost,
    delivery_median_s: facts.deliveryMedianSeconds,
    delivery_p95_s: facts.deliveryP95Seconds,
  }
}

function toVerification(facts: OverviewFacts['verification']) {
  const { medianSeconds, ...counts } = facts
  return { ...counts, median_seconds: medianSeconds }
}

/** What many messages became. */
export const getOverview = defineAdmin({
  method: 'GET',
  path: '/admin/api/overview/',
  summary: 'What many messages became',
  docs: overviewDocs,
  scope: 'look',
  request: { query: z.strictObject({ range: z.enum(overviewRanges).optional() }) },
  answers: { 200: overviewShape },
  problems: ['unavailable'],
  async handle({ query: { range = '24h' } }, { overview, errorWords }) {
    const facts = await overview.read(range)
    return {
      status: 200,
      body: {
        range,
        from: toTime(facts.from),
        to: toTime(facts.to),
        totals: toTotals(facts.totals),
        previous: toTotals(facts.previous),
        buckets: facts.buckets.map((bucket) => ({
          ...toTotals(bucket),
          at: toTime(bucket.at),
          verifications_started: bucket.verificationsStarted,
          verifications_approved: bucket.verificationsApproved,
        })),
        errors: facts.errors.map(({ code, count: times }) => {
          return { code, meaning: errorWords(code).meaning, count: times }
        }),
        verification: toVerification(facts.verification),
      },
    }
  },
})
