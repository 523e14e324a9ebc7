import type { Settings } from '../config.ts'
import type { MessageEvent } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import { type Message, rankOf } from '../domain/message.ts'
import { throttleKeys } from '../domain/throttle.ts'
import type { Clock } from '../domain/time.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import { type Checked, checkSend, type SendInput, type SendResult } from './message-checks.ts'
import type { Outbox } from './outbox.ts'
import type { Signals } from './signals.ts'
import type { Claim, Throttles } from './throttles.ts'

export type { SendInput, SendResult } from './message-checks.ts'

/** Sending and reading messages. */
export interface Messages {
  /** Accepts one message: when it resolves with `accepted`, the message is on disk and will be sent. */
  send(input: SendInput): Promise<SendResult>
  /** The message and everything that happened to it, oldest first. */
  get(id: string): Promise<{ message: Message; events: MessageEvent[] } | undefined>
  /** Resolves with the message once the carrier has answered for it or `untilMs` is over. */
  whenAnswered(id: string, waitMs: number): Promise<Message | undefined>
}

/** The parts that `createMessages` is made of. */
export interface MessagesParts {
  settings: Settings
  store: Store
  outbox: Outbox
  throttles: Throttles
  signals: Signals
  clock: Clock
  logger: Logger
  countSegments: (text: string) => number
}

/** How long an `Idempotency-Key` is remembered. */
const keyLifetimeMs = 7 * 86_400_000

/** How often a message that is waited for is looked at. */
const lookAgainMs = 500

/** The messages of one app. Sends that arrive together share one transaction. */
export function createMessages(parts: MessagesParts): Messages {
  const { settings, store, outbox, signals, clock, logger } = parts
  const accept = createBatcher<Checked, SendResult>((group) =>
    store.transaction((tables) => acceptGroup(tables, group, parts)),
  )

  async function whenAnswered(id: string, waitMs: number): Promise<Message | undefined> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>()
    const look = () => {
      store.messages.find(id).then((message) => {
        if (!message || rankOf[message.status] >= rankOf.ACCEPTED) end()
      }, end)
    }
    // Subscribed before the first look, so that no change falls in between.
    const unsubscribe = signals.onChanged(id, look)
    const cancel = clock.after(waitMs, end)
    // Nobody tells of what another process has sent.
    let cancelLook = () => {}
    const lookOn = () => {
      look()
      cancelLook = clock.after(lookAgainMs, lookOn)
    }
    try {
      lookOn()
      await over
      return await store.messages.find(id)
    } finally {
      cancel()
      cancelLook()
      unsubscribe()
    }
  }

  return {
    async send(input) {
      const checked = checkSend(input, settings, clock.now())
      if (checked.kind !== 'checked') return checked
      // A repetition of an accepted call is answered although its number is throttled by now.
      const isFirst = checked.draft.idempotencyKey === undefined
      if (isFirst && checked.tooLate) return checked.tooLate
      const refusal = isFirst && parts.throttles.precheck(claimsOf(checked, parts))
      if (refusal && refusal.kind === 'refused') return throttled(refusal)
      try {
        const result = await accept(checked)
        if (result.kind === 'accepted' && !result.replayed) outbox.wake()
        return result
      } catch (error) {
        logger.error(
          { event: 'accept-failed', error: String(error) },
          'a message could not be stored',
        )
        return { kind: 'unavailable' }
      }
    },
    async get(id) {
      const message = await store.messages.find(id)
      return message && { message, events: await store.events.list(id) }
    },
    whenAnswered,
  }
}

/** Everything that must hold in the transaction that writes the message. */
async function acceptGroup(
  tables: Tables,
  group: Checked[],
  parts: MessagesParts,
): Promise<SendResult[]> {
  const keys = group.flatMap((one) => one.draft.idempotencyKey ?? [])
  const used =
    keys.length > 0
      ? await tables.messages.findKeyUses(keys, parts.clock.now() - keyLifetimeMs)
      : []
  const uses = new Map<string, { requestHash: string; message?: Message }>(
    used.map((use) => [use.idempotencyKey, use]),
  )
  const optedOut = await tables.optOuts.find(group.map((one) => one.draft.toPhone))
  const results = new Map<Checked, SendResult>()
  const accepted: Checked[] = []
  const repeated: Checked[] = []
  const whenDown = parts.settings.throttles.whenUnavailable.messages

  for (const one of group) {
    const { idempotencyKey: key, requestHash, toPhone } = one.draft
    const use = key === undefined ? undefined : uses.get(key)
    if (use && use.requestHash !== requestHash) {
      results.set(one, { kind: 'idempotency-key-reused' })
    } else if (use) {
      repeated.push(one)
    } else if (one.tooLate) {
      results.set(one, one.tooLate)
    } else if (optedOut.has(toPhone)) {
      results.set(one, { kind: 'opted-out' })
    } else {
      const claims = claimsOf(one, parts)
      // Without a limit there is nothing to wait for: a turn of the queue for each message of a group.
      const verdict =
        claims.length > 0 && (await parts.throttles.take(tables.throttles, claims, whenDown))
      if (verdict && verdict.kind === 'refused') {
        results.set(one, throttled(verdict))
      } else {
        accepted.push(one)
        if (key !== undefined && requestHash !== undefined) uses.set(key, { requestHash })
      }
    }
  }

  const written = await parts.outbox.write(
    tables,
    accepted.map((one) => one.draft),
  )
  accepted.forEach((one, i) => {
    const message = written[i]
    if (!message) throw new Error('the outbox answered too few messages')
    results.set(one, { kind: 'accepted', message, replayed: false })
    const use = uses.get(one.draft.idempotencyKey ?? '')
    if (use) use.message = message
  })
  for (const one of repeated) {
    const message = uses.get(one.draft.idempotencyKey ?? '')?.message
    if (message) results.set(one, { kind: 'accepted', message, replayed: true })
  }
  return group.map((one) => results.get(one) ?? { kind: 'unavailable' })
}

function claimsOf(one: Checked, parts: MessagesParts): Claim[] {
  const { messagesPerPhone, segmentsTotal } = parts.settings.throttles
  const claims: Claim[] = []
  if (messagesPerPhone.length > 0) {
    claims.push({ key: throttleKeys.send(one.draft.toPhone), rules: messagesPerPhone })
  }
  if (segmentsTotal.length > 0) {
    const cost = parts.countSegments(one.draft.message)
    claims.push({ key: throttleKeys.segments(), rules: segmentsTotal, cost })
  }
  return claims
}

function throttled(refusal: { retryAfterSeconds: number }): SendResult {
  return { kind: 'throttled', retryAfterSeconds: refusal.retryAfterSeconds }
}
