import { rankOf } from '../../src/domain/message.ts'
import type { Cast } from './cast.ts'
import type { History } from './history.ts'
import { openLedger } from './ledger.ts'

/**
 * What is known of the calls that have not ended for their worker: nothing; that Twilio has the text of
 * one; that it has those of all; that a callback has told the database of one.
 */
export type CallKind = 'any' | 'taken' | 'all-taken' | 'told'

/** What was written before a worker was stopped reaches Twilio in this time; the rest never left. */
const arrivalMs = 300

/** Somebody who sees what a worker that stands still cannot change any more. */
export interface Witness {
  /** True when these calls are of that kind. */
  sees(open: ReadonlySet<string>, kind: CallKind): Promise<boolean>
  /** Those of these messages that Twilio has. */
  taken(ids: Iterable<string>): Promise<string[]>
}

/** A witness of the whole run. */
export function createWitness(
  { twilio, place }: Pick<Cast, 'twilio' | 'place'>,
  history: History,
): Witness {
  const ledger = openLedger(place)

  async function taken(ids: Iterable<string>): Promise<string[]> {
    const accepted = new Set((await twilio.accepts()).map(({ body }) => body))
    const texts = textsOf(history)
    return [...ids].filter((id) => accepted.has(texts.get(id) ?? ''))
  }

  return {
    taken,
    async sees(open, kind) {
      if (open.size === 0) return false
      switch (kind) {
        case 'any':
          return true
        case 'taken':
          return (await taken(open)).length > 0
        case 'all-taken': {
          const deadline = performance.now() + arrivalMs
          let missing = open.size
          do missing = open.size - (await taken(open)).length
          while (missing > 0 && performance.now() < deadline)
          return missing === 0
        }
        case 'told': {
          const { rows } = await ledger.read()
          return rows.some(({ id, status }) => open.has(id) && rankOf[status] >= rankOf.ACCEPTED)
        }
      }
    },
  }
}

/** The texts that were taken, by the ids under which they were. */
function textsOf(history: History): Map<string, string> {
  const byKey = new Map<string, string>()
  const byId = new Map<string, string>()
  for (const entry of history.entries()) {
    if (entry.kind !== 'post') continue
    if (entry.event === 'invoke') byKey.set(entry.key, entry.text)
    if (entry.event === 'ok') byId.set(entry.id, byKey.get(entry.key) ?? '')
  }
  return byId
}
