import type { Settings } from '../../config.ts'
import type { Clock } from '../../domain/time.ts'
import type { AdminCaller } from '../../domain/access.ts'
import type { AdminAccounts } from '../../services/admin-accounts.ts'
import type { AdminSessions } from '../../services/admin-sessions.ts'
import type { ApiKeys } from '../../services/api-keys.ts'
import type { Audit } from '../../services/audit.ts'
import type { Browse } from '../../services/browse.ts'
import type { Live } from '../../services/live.ts'
import type { Messages } from '../../services/messages.ts'
import type { OptOuts } from '../../services/opt-outs.ts'
import type { Overview } from '../../services/overview.ts'
import type { Queue } from '../../services/queue.ts'
import type { RefusedCallback } from '../../services/refused-callbacks.ts'
import type { Seal } from '../../services/seal.ts'
import type { Verifications } from '../../services/verifications.ts'
import type { Workers } from '../../services/workers.ts'
import { type Answers, type Call, type DefinedEndpoint, type Endpoint } from '../contract.ts'
import type { Readiness, RequestShape, ServedDocument } from '../contract.ts'
import type { ProblemCode } from '../problems.ts'

/** What the app is, as the pages show it. */
export interface AdminFace {
  version: string
  mode: 'simulator' | 'test' | 'live'
  /** Where the phones of the simulator are, if there is one. */
  phonesUrl: string | undefined
}

/** What the endpoints of the admin pages work with. */
export interface AdminTools {
  settings: Settings
  face: AdminFace
  /** Every setting with its default; secrets are hidden. */
  listSettings: () => { name: string; value: unknown; default: unknown }[]
  browse: Browse
  overview: Overview
  live: Live
  messages: Messages
  verifications: Pick<Verifications, 'cancel'>
  optOuts: OptOuts
  queue: Queue
  workers: Workers
  audit: Audit
  apiKeys: ApiKeys
  admins: Pick<AdminAccounts, 'list'>
  sessions: AdminSessions
  /** Who calls; the same that the handler asks. */
  callerOf: (
    request: Call['received'],
    clientAddress: string | undefined,
  ) => Promise<AdminCaller | undefined>
  refusedCallbacks: () => RefusedCallback[]
  /** In a few words each, why a callback was refused. */
  diagnose: (callback: RefusedCallback) => string[]
  readiness: () => Promise<Readiness>
  seal: Seal
  /** What an error code of the carrier means; `meaning` is null where nobody here knows it. */
  errorWords: (code: number) => {
    code: number
    meaning: string | null
    class: string
    advice: string
  }
  clock: Clock
  openApi: () => ServedDocument
}

/** An endpoint of the admin API. */
export type AdminEndpoint = Endpoint<AdminTools>

/** Writes an endpoint of the admin API down. */
export function defineAdmin<
  const R extends RequestShape,
  const A extends Answers,
  const P extends ProblemCode,
>(endpoint: DefinedEndpoint<R, A, P, AdminTools>): DefinedEndpoint<R, A, P, AdminTools> {
  return endpoint
}

/** Who acts, for the audit log. */
export function actorOf({ principal }: Pick<Call, 'principal'>): string {
  return principal?.id ?? 'nobody'
}

/** True where the caller may do more than look. */
export function mayOperate({ principal }: Pick<Call, 'principal'>): boolean {
  return principal?.scopes.includes('operate') ?? false
}
