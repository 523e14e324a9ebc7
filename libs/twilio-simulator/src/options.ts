import type { Poster } from './post.ts'

/** A pool of senders that messages can be sent through by its SID. */
export interface MessagingService {
  sid: string
  /** Phone numbers and other senders; the first one is chosen when a message names none. */
  senders: readonly string[]
  /** Where status callbacks go when the message itself names no URL. */
  statusCallback?: string | undefined
  /** Where replies to a number of this pool go, instead of the simulator's `inboundUrl`. */
  inboundUrl?: string | undefined
}

/** Rules of a Verify service. */
export interface VerifyServiceOptions {
  sid?: string | undefined
  /** Named in the text on the phone. Default `Simulator`. */
  friendlyName?: string | undefined
  /** 4 to 10, default 6. */
  codeLength?: number | undefined
  /** Lets a start bring its own code. Default off, as at Twilio. */
  customCodeEnabled?: boolean | undefined
  /** How long a code lives, default ten minutes. */
  lifetimeMs?: number | undefined
}

/** How long a message waits before each state. Default 100, 100, 100 and 500 ms; the price waits 0. */
export interface Delays {
  /** Until a sender is chosen; only messages through a Messaging Service wait for it. */
  queuedMs: number
  sendingMs: number
  sentMs: number
  deliveredMs: number
  /** From being sent until the price is known. */
  pricedMs: number
}

export interface ApiKey {
  sid: string
  secret: string
}

/** Settings of a simulator. Everything has a default that works. */
export interface SimulatorOptions {
  accountSid?: string | undefined
  authToken?: string | undefined
  /** Pairs that are accepted instead of account SID and auth token. */
  apiKeys?: readonly ApiKey[] | undefined
  /** The account that knows only magic numbers, stores nothing and calls nobody back. */
  testAccountSid?: string | undefined
  testAuthToken?: string | undefined
  /** What `From` may be. When left out every well-formed sender is taken as the account's own. */
  senders?: readonly string[] | undefined
  messagingServices?: readonly MessagingService[] | undefined
  verifyService?: VerifyServiceOptions | undefined
  /** Where replies from phones are posted. Without it they are only kept. */
  inboundUrl?: string | undefined
  /** `manual` stands still until `clock.advance`. Default `real`. */
  clock?: 'real' | 'manual' | undefined
  /** The time at the start. Default: now, or 2026-01-01T12:00:00Z on a manual clock. */
  startAt?: Date | undefined
  /** Numbers from 0 to just under 1: SIDs, codes and probabilities are made of them. */
  random?: (() => number) | undefined
  /** Makes the randomness repeatable. A manual clock without `random` or `seed` uses seed 1. */
  seed?: number | undefined
  delays?: Partial<Delays> | undefined
  /**
   * Hands over status callbacks and replies, for instance `(request) => app.fetch(request)`. A
   * rejection counts as a failed connection. Default: HTTP.
   */
  post?: Poster['post'] | undefined
  /** Parameters added to every status callback, signed like the others. */
  callbackExtras?: Readonly<Record<string, string>> | undefined
  /** Waits before the retries of a callback. Twilio publishes none; default 0.5, 1, 2, 4 and 5 s. */
  callbackRetryWaitsMs?: readonly number[] | undefined
  /**
   * Whether a list filtered by `DateSent` shows messages that have not been sent yet, whose
   * `date_sent` is null. Twilio does not say; default `hidden`, the harder case.
   */
  unsentInDateFilters?: 'hidden' | 'shown' | undefined
  /** How many API calls and callbacks `requests()` remembers. Default 10,000. */
  requestLogSize?: number | undefined
}
