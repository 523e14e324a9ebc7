const totals = {
  sent: 4569,
  delivered: 4135,
  undelivered: 128,
  failed: 297,
  in_doubt: 0,
  cost: [{ unit: 'USD', amount: '36.09510' }],
  delivery_median_s: 2.59,
  delivery_p95_s: 8.72,
}
const overview = {
  range: '24h' as const,
  from: '2026-11-21T17:00:00.000Z',
  to: '2026-11-22T16:12:00.000Z',
  totals,
  previous: totals,
  buckets: [
    {
      ...totals,
      at: '2026-11-21T17:00:00.000Z',
      verifications_started: 40,
      verifications_approved: 31,
    },
  ],
  errors: [{ code: 30003, meaning: 'The phone is off or out of reach.', count: 77 }],
  verification: {
    started: 900,
    delivered: 0,
    approved: 702,
    failed: 12,
    expired: 186,
    median_seconds: 21.8,
  },
}

/** What readers are told of the overview. */
export const overviewDocs = {
  tag: 'Overview' as const,
  description:
    'Hours of UTC for `24h` and `7d`, days for `30d`; `previous` is as long a time before. A message belongs to the hour in which it was to be sent. Counters follow within a second or two, and a price is known minutes to a day later.',
  answers: {
    200: {
      description: 'What is counted.',
      examples: { day: { summary: 'The last 24 hours, cut short', value: overview } },
    },
  },
}
