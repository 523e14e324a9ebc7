import type { MessageStatus } from '../../src/domain/message.ts'

/**
 * What the actors of a run did, in the manner of Jepsen: everything is written down while it happens
 * and judged afterwards. `unknown`: the deed may have happened or not.
 */
export type Deed =
  | { kind: 'post'; event: 'invoke'; key: string; to: string; text: string }
  | { kind: 'post'; event: 'ok'; key: string; id: string; replayed: boolean }
  | { kind: 'post'; event: 'fail'; key: string; httpStatus: number }
  | { kind: 'post'; event: 'unknown'; key: string }
  | { kind: 'read'; event: 'ok'; id: string; status: MessageStatus }
  | { kind: 'read'; event: 'fail'; id: string; httpStatus: number }
  /** An attempt at Twilio; `fail` where Twilio certainly does not have the message. */
  | { kind: 'call'; event: 'invoke' | 'ok' | 'fail' | 'unknown'; id: string; attempt: number }
  | { kind: 'life'; event: 'ready' }
  /** It has stopped itself, with these in its hands: claimed by it, and nobody has been called yet. */
  | { kind: 'standstill'; event: 'ok'; ids: string[] }
  /** It wants nothing to do any more with what it held when it stopped itself. */
  | { kind: 'given-back'; event: 'ok'; ids: string[] }
  /** Something was done to an actor; it counts when that cut something off. */
  | { kind: 'strike'; event: 'ok'; what: string; victim: string; effective: boolean }

/** A deed with its actor and its moment. */
export type Entry = Deed & {
  actor: string
  /** Milliseconds on the machine's monotonic clock, which all processes share. */
  at: number
}

/** The one history of a run. */
export interface History {
  note(actor: string, deed: Deed): void
  /** Takes over what another process has noted. */
  add(entry: Entry): void
  /** The first entry that fits, whether it is there already or comes later. */
  first<E extends Entry>(fits: (entry: Entry) => entry is E): Promise<E>
  /** In the order of their moments. */
  entries(): Entry[]
}

/** The moment, comparable between processes. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** An empty history. */
export function createHistory(): History {
  const all: Entry[] = []
  const looking = new Set<(entry: Entry) => void>()
  const add = (entry: Entry) => {
    all.push(entry)
    for (const look of looking) look(entry)
  }
  return {
    note: (actor, deed) => add({ ...deed, actor, at: monotonicNow() }),
    add,
    first: <E extends Entry>(fits: (entry: Entry) => entry is E) =>
      new Promise<E>((resolve) => {
        const look = (entry: Entry) => {
          if (!fits(entry)) return
          looking.delete(look)
          resolve(entry)
        }
        looking.add(look)
        for (const entry of all) look(entry)
      }),
    entries: () => all.toSorted((a, b) => a.at - b.at),
  }
}
