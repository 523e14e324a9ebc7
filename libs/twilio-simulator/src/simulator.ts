import type { Behaviour, BehaviourFilter } from './behaviours.ts'
import type { ApiKey, MessagingService } from './options.ts'
import type { PhoneMessage, PhoneReply, SimulatedPhone, TextFilter } from './phones.ts'
import type { RequestEntry } from './request-log.ts'
import type { ListeningSimulator } from './server.ts'
import type { VerificationChannel, VerificationStatus } from './verifications.ts'

/** A verification with what Twilio keeps to itself. */
export interface SimulatedVerification {
  sid: string
  serviceSid: string
  to: string
  channel: VerificationChannel
  code: string
  status: VerificationStatus
  /** Codes that were looked at, and times the code was sent. */
  checks: number
  sends: number
  createdAt: Date
  expiresAt: Date
}

/** A Twilio of one's own: its API, the phones behind it, and the ways it can fail. */
export interface Simulator {
  /** What programs need to know to use it. */
  readonly accountSid: string
  readonly authToken: string
  readonly apiKeys: readonly ApiKey[]
  /** Credentials that know only magic numbers. */
  readonly testAccountSid: string
  readonly testAuthToken: string
  readonly messagingServiceSid: string | undefined
  readonly verifyServiceSid: string
  /**
   * Answers a request to any of Twilio's hosts, or to the control API, in this process. A broken
   * connection is a rejection with the cause's code `ECONNRESET`.
   */
  fetch(request: Request): Promise<Response>
  /** Serves the same over HTTP. Default: a free port on 127.0.0.1. */
  listen(where?: {
    port?: number | undefined
    host?: string | undefined
  }): Promise<ListeningSimulator>
  /**
   * Every text that was accepted, oldest first, at whatever state; Verify's too. A phone keeps what
   * the account redacts or deletes. `direction: 'inbound'` lists what phones wrote.
   */
  messages(filter?: TextFilter): PhoneMessage[]
  /** Every phone that got a text or wrote one; the one that was active last comes first. */
  phones(): SimulatedPhone[]
  verifications(filter?: { to?: string | undefined }): SimulatedVerification[]
  /** The last code a number got: Verify's, or the last 4 to 10 digits in a row of a text. */
  code(to: string): string | undefined
  /** Makes something go wrong. Behaviours of one kind strike in the order they were added. */
  behave(...behaviours: Behaviour[]): void
  /** The behaviours that are still to strike, with the times they have left. */
  behaviours(): readonly Behaviour[]
  /** Drops all behaviours, or those of one kind, for one number, or both. */
  clearBehaviours(which?: BehaviourFilter): void
  /** Writes a text on a phone; resolves after the first try to post it to the inbound URL. */
  reply(reply: PhoneReply): Promise<PhoneMessage>
  /** Where replies are posted, unless the number's Messaging Service says another place. */
  readonly inboundUrl: string | undefined
  /** From now on; a RangeError when Twilio would not call that URL. Without one, replies are kept. */
  setInboundUrl(url: string | undefined): void
  readonly messagingServices: readonly MessagingService[]
  readonly clock: {
    readonly kind: 'real' | 'manual'
    now(): Date
    /**
     * Moves time on by milliseconds. Everything that falls due happens in order, and every post of
     * a callback has been answered when it resolves; a receiver that itself waits for this clock
     * would wait for ever. A real clock is pushed ahead.
     */
    advance(ms: number): Promise<void>
  }
  /** Calls back after every change to anything above; the answer ends it. */
  onChange(listener: () => void): () => void
  /** Resolves when no callback is being posted. Retries that still wait are not waited for. */
  settled(): Promise<void>
  /** API calls and callbacks, oldest first. */
  requests(): RequestEntry[]
  /** The first of `requests()` that matches, as soon as it comes in or begins to be posted. */
  waitFor(matches: (entry: RequestEntry) => boolean): Promise<RequestEntry>
  /** Forgets messages, verifications, opt-outs, behaviours and requests. Time stays. */
  reset(): void
  /** Another one after each reset, and in each process: what was counted before is void. */
  readonly run: string
  /** Ends timers, connections and servers. */
  close(): Promise<void>
}
