import type { Changes } from './changes.ts'
import type { Dice } from './sids.ts'

/** The calls of Twilio's API that can be disturbed by name. */
export const operations = [
  'messages.create',
  'messages.list',
  'messages.fetch',
  'messages.update',
  'messages.delete',
  'verifications.create',
  'verifications.fetch',
  'verifications.update',
  'verification-check',
  'lookups.fetch',
] as const
/** A call of Twilio's API, as behaviours name it. */
export type Operation = (typeof operations)[number]

/** The states a status callback can report. */
export type CallbackStatus = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'canceled'

/** Which calls or messages a behaviour is for, and how many of them. */
export interface Scope {
  /** How many calls or messages it disturbs; then it is gone. Default 1. */
  times?: number | 'always' | undefined
  /** Only calls about this number, on any channel; `whatsapp:+1…` is that channel alone. */
  to?: string | undefined
  /** The chance that it strikes, 0 to 1; when it does not, it is not used up. Default 1. */
  probability?: number | undefined
}

/** Scope of what disturbs a call, as opposed to what disturbs a message's later life. */
export interface CallScope extends Scope {
  /** Default: `messages.create` and `verifications.create`. */
  operation?: Operation | 'any' | undefined
}

/** Whether Twilio has taken the request to heart by then: `before` means nothing was done. */
export type Moment =
  | { before: 'accepting'; after?: undefined }
  | { after: 'accepting'; before?: undefined }

/** What can happen to a call: at most one of these strikes one call, plus one `slow`. */
export type CallFault =
  /** An error answer; `httpStatus` is known for most codes, else 400. */
  | ({ kind: 'refuse'; code: number; httpStatus?: number | undefined } & CallScope)
  /** 429 with code 20429; nothing was done. */
  | ({ kind: 'busy'; retryAfterSeconds?: number | undefined } & CallScope)
  | ({ kind: 'server-error'; httpStatus?: 500 | 502 | 503 | undefined } & Moment & CallScope)
  /** The connection ends without an answer: closed in order, or reset. */
  | ({ kind: 'hang-up'; by?: 'close' | 'reset' | undefined } & Moment & CallScope)
  /** A web page where JSON is expected. Status 200 unless given. */
  | ({ kind: 'html'; httpStatus?: number | undefined } & Moment & CallScope)
  /** The connection ends in the middle of the good answer's body. */
  | ({ kind: 'cut-body' } & CallScope)
  /** The good answer without its `sid`. */
  | ({ kind: 'no-sid' } & CallScope)
  /** The good answer under a Content-Length that is `bytes` (default 10) off. */
  | ({ kind: 'wrong-length'; bytes?: number | undefined } & CallScope)
  /** The connection ends at once, and the call is carried out `ms` later. */
  | ({ kind: 'late-accept'; ms: number } & CallScope)
export type SlowCall = { kind: 'slow'; ms: number } & Moment & CallScope

/** How a message ends; one of these at most. */
export type Fate =
  | ({ kind: 'undelivered'; code: number } & Scope)
  | ({ kind: 'failed'; code: number } & Scope)
  /** The carrier never sends its receipt. */
  | ({ kind: 'stay-sent' } & Scope)

/** What happens to the callbacks of a message; one of each kind can hold at once. */
export type CallbackFault =
  /** All callbacks, or only those of one status, are never posted. */
  | ({ kind: 'lost-callbacks'; status?: CallbackStatus | undefined } & Scope)
  /** Every callback is posted `copies` times, default 2. */
  | ({ kind: 'double'; copies?: number | undefined } & Scope)
  /** All callbacks are held until the last, then posted in reverse order. */
  | ({ kind: 'reorder' } & Scope)
  | ({ kind: 'wrong-signature' } & Scope)
  | ({ kind: 'late'; ms: number } & Scope)
  /** The whole life of the message is called back before its create call is answered. */
  | ({ kind: 'early-callbacks' } & Scope)
/** The message is missing from lists for `ms`; fetching it by its SID works. */
export type LaggingList = { kind: 'lagging-list'; ms: number } & Scope

/** Something that goes wrong on demand. */
export type Behaviour = CallFault | SlowCall | Fate | CallbackFault | LaggingList
/** The name of a behaviour. */
export type BehaviourKind = Behaviour['kind']

export const callFaults = [
  'refuse',
  'busy',
  'server-error',
  'hang-up',
  'html',
  'cut-body',
  'no-sid',
  'wrong-length',
  'late-accept',
] as const
export const fates = ['undelivered', 'failed', 'stay-sent'] as const

/** Which behaviours are meant: of one kind, for one number, or both. */
export interface BehaviourFilter {
  kind?: BehaviourKind | undefined
  to?: string | undefined
}

export interface Behaviours {
  add(behaviour: Behaviour): void
  /** Uses up the first behaviour of one of these kinds that fits. */
  take<K extends BehaviourKind>(
    kinds: readonly K[],
    operation: Operation | undefined,
    to: string | undefined,
  ): Extract<Behaviour, { kind: K }> | undefined
  /** Like `take`, but every one that fits. */
  takeAll<K extends BehaviourKind>(
    kinds: readonly K[],
    to: string,
  ): Extract<Behaviour, { kind: K }>[]
  list(): readonly Behaviour[]
  /** Drops all, or those that fit. */
  clear(which?: BehaviourFilter): void
}

export function createBehaviours(dice: Dice, changes: Changes): Behaviours {
  let entries: { behaviour: Behaviour; left: number }[] = []
  const strikes = (
    behaviour: Behaviour,
    operation: Operation | undefined,
    to: string | undefined,
  ): boolean => {
    if (!isAbout(behaviour, to)) return false
    if (!names(behaviour, operation)) return false
    return behaviour.probability === undefined || dice.roll() < behaviour.probability
  }
  const use = (entry: { left: number }) => {
    entry.left--
    entries = entries.filter((other) => other.left > 0)
    changes.tell()
  }
  const isOf = <K extends BehaviourKind>(
    behaviour: Behaviour,
    kinds: readonly K[],
  ): behaviour is Extract<Behaviour, { kind: K }> => kinds.some((kind) => kind === behaviour.kind)

  return {
    add(behaviour) {
      const times = behaviour.times ?? 1
      entries.push({ behaviour, left: times === 'always' ? Infinity : times })
      changes.tell()
    },
    take(kinds, operation, to) {
      for (const entry of entries) {
        const { behaviour } = entry
        if (!isOf(behaviour, kinds) || !strikes(behaviour, operation, to)) continue
        use(entry)
        return behaviour
      }
      return undefined
    },
    takeAll(kinds, to) {
      return entries.flatMap((entry) => {
        const { behaviour } = entry
        if (!isOf(behaviour, kinds) || !strikes(behaviour, 'messages.create', to)) return []
        use(entry)
        return [behaviour]
      })
    },
    list: () =>
      entries.map(({ behaviour, left }) => ({
        ...behaviour,
        times: left === Infinity ? 'always' : left,
      })),
    clear({ kind, to } = {}) {
      const isMeant = ({ behaviour }: { behaviour: Behaviour }) =>
        (kind === undefined || behaviour.kind === kind) && (to === undefined || behaviour.to === to)
      entries = entries.filter((entry) => !isMeant(entry))
      changes.tell()
    },
  }
}

/** A phone is the same on every channel, where the address is such as `whatsapp:+14155550100`. */
function isAbout({ to: wanted }: Behaviour, to: string | undefined): boolean {
  return wanted === undefined || to === wanted || to?.replace(/^[a-z]+:/, '') === wanted
}

function names(behaviour: Behaviour, operation: Operation | undefined): boolean {
  const wanted = 'operation' in behaviour ? behaviour.operation : undefined
  if (wanted === 'any') return true
  if (wanted !== undefined) return wanted === operation
  return operation === 'messages.create' || operation === 'verifications.create'
}
