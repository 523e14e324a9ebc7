import type { CallbackRequest } from '../provider/provider.ts'

/** How a callback can end. Only `stored` may be answered 2xx; only `unavailable` should be repeated. */
export type CallbackResult =
  | { kind: 'stored' }
  | { kind: 'forged' }
  | { kind: 'malformed'; words: string }
  | { kind: 'unavailable' }

/** What the carrier tells us by webhook. */
export interface Callbacks {
  /** Checks, then stores; when it resolves with `stored`, the event is on disk. */
  receive(request: CallbackRequest): Promise<CallbackResult>
}
