import { startPostgres } from '../postgres/server.ts'
import { storeContract } from '../store-contract.ts'
import { openPartitioned, operate, partition, type Place } from './partitioned.ts'

// The contract's ids are short words, so its partitions are ranges of words: rows of one statement lie
// in several of them, and some in none. 'a' and 'b' lie in one, because a carrier's id and a key are
// unique in a partition only.
const postgres = await startPostgres()
const borders = ['a', 'c', 'm2', 'u']

async function prepare(place: Place): Promise<void> {
  await partition(place, '2026-01-01Z')
  const pieces = borders
    .slice(1)
    .flatMap((to, i) =>
      ['sms_log', 'sms_event'].flatMap((table) => [
        `create table ${table}_${to} (like ${table}_rest including defaults including indexes)`,
        `alter table ${table} attach partition ${table}_${to} for values from ('${borders[i]}') to ('${to}')`,
      ]),
    )
  await operate(place, ...pieces)
}

storeContract('partitioned postgres', async () => openPartitioned(postgres.newPlace(), prepare), {
  writers: 'many',
})
