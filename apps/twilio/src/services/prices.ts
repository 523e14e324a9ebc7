import { countPrice, type HourlyCount, merged } from '../domain/hourly.ts'
import { timeOfId } from '../domain/id.ts'
import type { CarrierReport } from '../provider/provider.ts'
import type { Standing, Tables } from '../storage/store.ts'

/**
 * Counts what messages cost, as far as these reports are the first to tell. In the transaction that
 * stores the prices, over messages as they stood before, which nobody else moves meanwhile: no event
 * tells of a price.
 */
export async function countPrices(
  tables: Pick<Tables, 'hourly'>,
  reports: readonly { message: Standing; report: CarrierReport }[],
): Promise<void> {
  const known = new Map<string, string>()
  const counts: HourlyCount[] = []
  for (const { message, report } of reports) {
    const { price: now, priceUnit: unit } = report
    const acceptedAt = timeOfId(message.id)
    if (now === undefined || unit === undefined || acceptedAt === undefined) continue
    const before = known.get(message.id) ?? message.price
    counts.push(...countPrice(acceptedAt, { unit, before, now }))
    known.set(message.id, now)
  }
  await tables.hourly.add(merged(counts))
}
