import type { Settings } from '../config.ts'
import { hostActor } from '../domain/audit.ts'
import { TwilioTransactionError } from '../errors.ts'
import type { MessageEvent } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import { firstIdAt, lastId } from '../domain/id.ts'
import { type Message, type MessageStatus, rankOf } from '../domain/message.ts'
import { type Clock, noTimer } from '../domain/time.ts'
import type { Provider } from '../provider/provider.ts'
import type { HostTransaction } from '../storage/engines/host-transaction.ts'
import { JoinError } from '../storage/errors.ts'
import type { EventPlace } from '../storage/event-stores.ts'
import type { MessagePage, Store } from '../storage/store.ts'
import { createGroupAccept } from './accept-group.ts'
import { type Acceptable, acceptAll, claimsOf, throttled } from './accept.ts'
import { createBatcher } from './batcher.ts'
import type { Commits } from './commits.ts'
import { type ActionOptions, createMessageActions, type MessageActions } from './message-actions.ts'
import { type Checked, checkSend, type SendInput, type SendResult } from './message-checks.ts'
import type { Outbox } from './outbox.ts'
import { pageSize } from './page-size.ts'
import { isOutage } from './patience.ts'
import { resendOf, type ResendRefusal } from './resend.ts'
import type { Signals } from './signals.ts'
import type { Throttles } from './throttles.ts'

export type { SendInput, SendResult } from './message-checks.ts'
export type { ResendRefusal } from './resend.ts'
export type { CancelResult, EraseResult, RedactResult } from './message-actions.ts'

/** Sending and reading messages. */
export interface Messages extends MessageActions {
  /**
   * Accepts one message: when it resolves with `accepted`, the message is on disk and will be sent. With
   * a `transaction` of yours it exists exactly if you commit; then errors of the database are thrown,
   * and `TwilioTransactionError` where that transaction cannot hold it.
   */
  send(input: SendInput, options?: SendOptions): Promise<SendResult>
  /**
   * Sends the text of an older message as a new one, which names it in `resendOf`. Every check of `send`
   * applies; `expiresAt` is counted anew.
   */
  resend(id: string, options?: ResendOptions): Promise<SendResult | ResendRefusal>
  /** What phones have written, newest first, 1 to 1,000; `before` is the last id of the page before. */
  listInbound(page?: {
    before?: string | undefined
    limit?: number | undefined
  }): Promise<Message[]>
  /** The message and everything that happened to it, oldest first. */
  get(id: string): Promise<{ message: Message; events: MessageEvent[] } | undefined>
  /**
   * Messages, the newest first, at most `limit` (50) of them. `next` is where to go on, as `before`;
   * absent at the end.
   */
  list(filter?: MessageFilter, page?: { before?: string; limit?: number }): Promise<MessagePage>
  /**
   * What has happened to messages since this place, at most 500 events, and the place behind them;
   * without one, nothing but where the events end now. None is missed, however long a transaction took.
   */
  follow(after?: EventPlace): Promise<{ events: FollowedEvent[]; next: EventPlace }>
  /** Resolves with the message once the carrier has answered for it or `waitMs` are over. */
  whenAnswered(id: string, waitMs: number): Promise<Message | undefined>
}

/** Which messages are asked for; every part has to hold. */
export interface MessageFilter {
  /** E.164. */
  toPhone?: string | undefined
  statuses?: readonly MessageStatus[] | undefined
  /** A code of Twilio's, such as 30003. */
  errorCode?: number | undefined
  /** Accepted at this moment or later. */
  since?: Date | undefined
}

/** An event and the phone of its message, as far as that is known. */
export type FollowedEvent = MessageEvent & { toPhone: string | undefined }

/** How a message is to be accepted. */
export interface SendOptions {
  /**
   * One that you have begun in the app's database, and will end: of `pg`, `postgres`, Kysely, Drizzle,
   * Prisma or `node:sqlite`. Limits and the idempotency key stay locked until you do.
   */
  transaction?: HostTransaction | undefined
  /** Who sends it by hand: it is then written down in the audit log. */
  actor?: string | undefined
}

/** Who sends a message again, and under which key. */
export interface ResendOptions extends ActionOptions {
  /** Makes a repetition of this call harmless for 7 days, as in `send`. */
  idempotencyKey?: string | undefined
}

/** The parts that `createMessages` is made of. */
export interface MessagesParts {
  settings: Settings
  store: Store
  provider: Pick<Provider, 'redact'>
  outbox: Outbox
  commits: Commits
  throttles: Throttles
  signals: Signals
  clock: Clock
  logger: Logger
  countSegments: (text: string) => number
}

/** How often a message is looked at while somebody waits for the carrier's answer to it. */
const lookAgainMs = 200
const mostFollowed = 500

/** The messages of one app. Sends that arrive together share one transaction. */
export function createMessages(parts: MessagesParts): Messages {
  const { settings, store, outbox, commits, signals, clock, logger } = parts
  const accept = createBatcher<Acceptable, SendResult>(createGroupAccept(parts), { isOutage })

  async function acceptWithin(transaction: unknown, one: Acceptable): Promise<SendResult> {
    try {
      const { result, end } = await store.join(transaction, (tables) =>
        parts.throttles.within(tables, one.claims, (_, limits) =>
          acceptAll(tables, limits, [one], parts),
        ),
      )
      commits.watch(end)
      return result[0] ?? { kind: 'unavailable' }
    } catch (error) {
      if (!(error instanceof JoinError)) throw error
      throw new TwilioTransactionError(error.reason, error.message, { cause: error })
    }
  }

  async function acceptChecked(
    checked: Checked,
    transaction?: HostTransaction,
  ): Promise<SendResult> {
    // A repetition of an accepted call is answered although its number is throttled by now.
    const isFirst = checked.draft.idempotencyKey === undefined
    if (isFirst && checked.tooLate) return checked.tooLate
    const one = { ...checked, claims: claimsOf(checked.draft, parts) }
    const refusal = isFirst && parts.throttles.precheck(one.claims)
    if (refusal && refusal.kind === 'refused') return throttled(refusal)
    if (transaction !== undefined) return acceptWithin(transaction, one)
    try {
      const result = await accept(one)
      if (result.kind === 'accepted' && !result.replayed) outbox.wake()
      return result
    } catch (error) {
      logger.error(
        { event: 'accept-failed', error: String(error) },
        'a message could not be stored',
      )
      return { kind: 'unavailable' }
    }
  }

  async function whenAnswered(id: string, waitMs: number): Promise<Message | undefined> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const look = () => {
      store.messages.find(id).then((message) => {
        if (!message || rankOf[message.status] >= rankOf.ACCEPTED) end()
      }, end)
    }
    // What another process changed is signalled by nobody.
    let cancelLook = noTimer
    const lookAgain = () => {
      cancelLook = clock.after(lookAgainMs, () => {
        look()
        lookAgain()
      })
    }
    // Subscribed before the first look, so that no change falls in between.
    const unsubscribe = signals.onChanged(id, look)
    const cancel = clock.after(waitMs, end)
    try {
      look()
      lookAgain()
      await over
      return await store.messages.find(id)
    } finally {
      cancel()
      cancelLook()
      unsubscribe()
    }
  }

  return {
    async send(input, { transaction, actor } = {}) {
      const checked = checkSend(input, settings, clock.now())
      if (checked.kind !== 'checked') return checked
      return acceptChecked({ ...checked, actor }, transaction)
    },
    async resend(id, { actor = hostActor, idempotencyKey } = {}) {
      const old = await store.messages.find(id)
      const again = old ? resendOf(old) : ({ kind: 'message-not-found' } as const)
      if (again.kind !== 'send') return again
      const input = { ...again.input, idempotencyKey, caller: actor }
      const checked = checkSend(input, settings, clock.now(), id)
      return checked.kind === 'checked' ? acceptChecked({ ...checked, actor }) : checked
    },
    listInbound: ({ before = lastId, limit } = {}) =>
      store.messages.listInbound({ before, limit: pageSize(limit) }),
    async get(id) {
      const message = await store.messages.find(id)
      return message && { message, events: await store.events.list(id) }
    },
    async list({ since, ...filter } = {}, { before, limit = 50 } = {}) {
      const messages: Message[] = []
      const from = since && firstIdAt(since.getTime())
      for (let at = before; ;) {
        const wanted = { ...filter, from, before: at, limit: limit - messages.length }
        const page = await store.messages.list(wanted)
        messages.push(...page.messages)
        at = page.next
        if (at === undefined || messages.length === limit) return { messages, next: at }
      }
    },
    async follow(after) {
      if (after === undefined) return { events: [], next: await store.events.end() }
      const { events, next } = await store.events.listAfter(after, mostFollowed)
      const ids = [...new Set(events.flatMap(({ messageId }) => messageId ?? []))]
      const messages = ids.length > 0 ? await store.messages.findMany(ids) : []
      const phones = new Map(messages.map(({ id, toPhone }) => [id, toPhone]))
      const followed = events.map((event) => {
        return { ...event, toPhone: phones.get(event.messageId ?? '') }
      })
      return { events: followed, next }
    },
    whenAnswered,
    ...createMessageActions(parts),
  }
}
