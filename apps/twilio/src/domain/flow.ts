/** What the end of a call says about the carrier, whatever becomes of the message. */
export type FlowSign =
  /** It took the message. */
  | { kind: 'accepted' }
  /** It answered, and that is all: a refusal is no trouble of the carrier. */
  | { kind: 'answered' }
  /** It asked to be left alone, for this long if it said so. */
  | { kind: 'busy'; retryAfterSeconds: number | undefined }
  /** Not reached, or no usable answer. */
  | { kind: 'failed' }

/** What one process knows of how much the carrier takes. Moments are those of the monotonic clock. */
export interface FlowState {
  /** How many calls may be in flight at once. */
  window: number
  /** No call begins before this moment. */
  restsUntil: number
  /** Calls in a row that got no answer. */
  failures: number
  /** The breaker: while it is open nothing is sent but probes. */
  isOpen: boolean
}

/** With how many calls at once a process begins. */
const firstWindow = 8
/** After so many unanswered calls in a row the next ones would most likely be lost too. */
const failuresToOpen = 5

/** A process that has not called yet. `most` is the setting `delivery.concurrency`. */
export function startFlow(most: number): FlowState {
  return { window: Math.min(firstWindow, most), restsUntil: 0, failures: 0, isOpen: false }
}

/** A process that has not called for long, and was not answered then: the next failure opens the breaker. */
export function trialFlow(): FlowState {
  return { window: 1, restsUntil: 0, failures: failuresToOpen - 1, isOpen: false }
}

/**
 * What the next calls may do after one has ended with this sign. Each acceptance allows one call more,
 * which doubles them with every round, up to `most`. `random` is in [0, 1).
 */
export function afterSign(
  state: FlowState,
  sign: FlowSign,
  { most, now, random }: { most: number; now: number; random: number },
): FlowState {
  switch (sign.kind) {
    case 'accepted': {
      // From an open breaker one call follows the probe, then two: the carrier has just come back.
      const window = state.isOpen ? 1 : Math.min(most, state.window + 1)
      return { ...state, window, failures: 0, isOpen: false }
    }
    case 'answered':
      return { ...state, window: state.isOpen ? 1 : state.window, failures: 0, isOpen: false }
    case 'busy': {
      const restsUntil = Math.max(state.restsUntil, now + restMs(sign.retryAfterSeconds, random))
      return { window: 1, restsUntil, failures: 0, isOpen: false }
    }
    case 'failed': {
      const failures = state.failures + 1
      return { ...state, failures, isOpen: state.isOpen || failures >= failuresToOpen }
    }
  }
}

/** How many calls may begin while `inFlight` are under way. Probes of an open breaker are not counted here. */
export function roomOf(state: FlowState, inFlight: number, now: number): number {
  if (state.isOpen || now < state.restsUntil) return 0
  return Math.max(0, state.window - inFlight)
}

// Processes that were turned away together must not come back together: never earlier than told, and
// spread over the time after it.
function restMs(retryAfterSeconds: number | undefined, random: number): number {
  return retryAfterSeconds === undefined
    ? 500 + random * 1_000
    : retryAfterSeconds * 1_000 + random * Math.max(1_000, retryAfterSeconds * 100)
}
