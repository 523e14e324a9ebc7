import { type HttpCost, httpColumns, measureHttp } from './accept.ts'
import { type DeliveryCost, deliveryColumns, measureDelivery } from './deliver.ts'
import { goOn } from './ending.ts'
import type { Engine } from './engine.ts'
import type { Extent } from './limits-and-peers.ts'
import type { Place } from './place.ts'
import { startProgram } from './process.ts'
import { createTable } from './table.ts'

const portion = 50_000
const goals = { 'CPU µs': '<= 1.20' }

/** What a message costs with `rows` finished messages in the tables, against empty ones. */
export async function compareFullTable(
  engine: Engine,
  { rounds, requests, messages }: Extent,
  rows: number,
): Promise<void> {
  const full = engine.newPlace('full')
  await fill(full, rows)
  await engine.settle(full)
  const accept = createTable<keyof HttpCost>(httpColumns)
  const deliver = createTable<keyof DeliveryCost>(deliveryColumns)
  const names = { empty: 'empty tables', full: `${rows} rows` }

  async function measure(name: string, place: Place): Promise<void> {
    goOn()
    deliver.add(name, await measureDelivery(engine, { script: 'workers/app', place }, messages))
    const where = { script: 'servers/app', place }
    accept.add(name, (await measureHttp(engine, where, { requests, callbacks: false })).accept)
    // What was only accepted would else be delivered in the next round.
    const worker = await startProgram('workers/app', place)
    const { left } = await worker.ask('left')
    await worker.ask(`deliver ${left}`)
    await worker.stop()
  }
  for (let round = 0; round < rounds; round++) {
    const empty = engine.newPlace(`empty_${round}`)
    await measure(names.empty, empty)
    await engine.drop(empty)
    await measure(names.full, full)
  }
  await engine.drop(full)
  accept.print(`the app accepts on ${engine.name}, with empty and with full tables`)
  accept.compare(names.full, names.empty, goals)
  deliver.print(`the app delivers on ${engine.name}, with empty and with full tables`)
  deliver.compare(names.full, names.empty, goals)
}

async function fill(place: Place, rows: number): Promise<void> {
  const filler = await startProgram('workers/filler', place)
  try {
    for (let done = 0; done < rows; done += portion) {
      await filler.ask(`fill ${Math.min(portion, rows - done)}`)
    }
  } finally {
    await filler.stop()
  }
}
