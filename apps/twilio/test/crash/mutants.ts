import type { World } from '../../src/app.ts'
import type { Message } from '../../src/domain/message.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { Store, Tables } from '../../src/storage/store.ts'

/**
 * Mistakes that a run has to find, made in the world around the app. `send-then-mark`: a cut-off
 * attempt is taken for one that never began. `give-up`: it is taken for lost. `blind-resend`: the
 * look-up never finds anything. `zombie`: a worker does not notice that it stood still (it has to be
 * stopped by `standstill.ts`). Without a rest before the look-up is a setting.
 */
export type Mutant = 'send-then-mark' | 'give-up' | 'blind-resend' | 'zombie'

type WholeWorld = Required<Pick<World, 'clock' | 'store' | 'provider'>>
type Outside = { [Part in keyof WholeWorld]: NonNullable<WholeWorld[Part]> }

/** The world with the mistake in it. */
export function spoil(mutant: Mutant | undefined, world: Outside): World {
  switch (mutant) {
    case undefined:
      return world
    case 'send-then-mark':
      return { ...world, store: endingLapses(world.store, requeue) }
    case 'give-up':
      return { ...world, store: endingLapses(world.store, fail) }
    case 'blind-resend': {
      const find: typeof world.provider.find = async () => ({ kind: 'found', reports: [] })
      return { ...world, provider: { ...world.provider, find } }
    }
    case 'zombie': {
      const { clock } = world
      const monotonic = blindTo(performance.now.bind(performance))
      // The client of Twilio asks this one whether its time to connect is over.
      performance.now = monotonic
      const blind = { now: () => clock.now(), monotonic }
      return { ...world, clock: { ...blind, after: (ms, run) => clock.after(ms, run) } }
    }
  }
}

/** A clock that goes on as if nothing had happened while it was not looked at. */
function blindTo(monotonic: () => number): () => number {
  // Shorter than the lease by far, however often it is looked at between two calls.
  const longestMs = 20
  let last = monotonic()
  let told = last
  return () => {
    const now = monotonic()
    told += Math.min(longestMs, now - last)
    last = now
    return told
  }
}

type End = (tables: Tables, lapsed: Message[], at: Instant) => Promise<unknown>

const requeue: End = ({ messages }, lapsed, at) =>
  messages.requeue(
    lapsed.map(({ id, attempts, lapses }) => ({
      id,
      attempts,
      lapses,
      nextAt: at,
      at,
      errorCode: undefined,
    })),
  )

const fail: End = ({ messages }, lapsed, at) =>
  messages.advance(lapsed.map(({ id }) => ({ id, status: 'FAILED', nextAt: undefined, at })))

/** A store in which a lapsed attempt has this end at once, without anybody being asked. */
function endingLapses(store: Store, end: End): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tables) => {
        const messages: Tables['messages'] = {
          ...tables.messages,
          async doubtLapsed(now, settleAt, limit) {
            const lapsed = await tables.messages.doubtLapsed(now, settleAt, limit)
            if (lapsed.length > 0) await end(tables, lapsed, now)
            return []
          },
        }
        return work({ ...tables, messages })
      }),
  }
}
