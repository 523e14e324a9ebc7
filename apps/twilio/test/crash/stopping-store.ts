import type { Store } from '../../src/storage/store.ts'
import type { Deed } from './history.ts'

/**
 * The store of a worker that stops itself once: when its first claim is written down, and before it
 * looks at the clock and calls anybody. Somebody else has to wake it up. It says what it held then, and
 * what of that it gives back.
 */
export function stoppingStore(store: Store, say: (deed: Deed) => void): Store {
  let hands: Set<string> | undefined
  return {
    ...store,
    async transaction(work) {
      const claimed: string[] = []
      const result = await store.transaction((tables) => {
        const events: typeof tables.events = {
          ...tables.events,
          append(appended) {
            for (const { messageId, status, source } of appended)
              if (status === 'SENDING' && source === 'worker' && messageId !== undefined)
                claimed.push(messageId)
            return tables.events.append(appended)
          },
        }
        const messages: typeof tables.messages = {
          ...tables.messages,
          release(claims, now) {
            const ids = claims.map(({ id }) => id).filter((id) => hands?.has(id))
            if (ids.length > 0) say({ kind: 'given-back', event: 'ok', ids })
            return tables.messages.release(claims, now)
          },
        }
        return work({ ...tables, events, messages })
      })
      if (hands === undefined && claimed.length > 0) {
        hands = new Set(claimed)
        say({ kind: 'standstill', event: 'ok', ids: claimed })
        process.kill(process.pid, 'SIGSTOP')
      }
      return result
    },
  }
}
