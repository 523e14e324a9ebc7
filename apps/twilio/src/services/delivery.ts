import type { Settings } from '../config.ts'
import { eventOf } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import type { Message } from '../domain/message.ts'
import { grantLivesMs } from '../domain/pace.ts'
import { isOptedOut } from '../domain/opt-out.ts'
import { maskPhone } from '../domain/phone.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import { type EndedAttempt, type Ending, writeEndings } from './endings.ts'
import type { Flow } from './flow.ts'
import type { Pace } from './pace.ts'
import type { Signals } from './signals.ts'

/** A message that this process may send until its lease is over. */
export interface ClaimedMessage {
  message: Message
  /** On the monotonic clock, in milliseconds. */
  leaseEnds: number
  /** Nothing else may be in flight with it: a worker went silent with it before. */
  isSuspect: boolean
  /** On the monotonic clock: the place in its sender's pace holds for the moment only. */
  grantedAt: number | undefined
}

/** What a claim brought. */
export interface Claimed {
  messages: ClaimedMessage[]
  /** How many were looked at, those included that were put off or left for later. */
  found: number
  /** Some are left that may only be sent alone. */
  suspectsWait: boolean
}

/** Taking messages from the outbox to the carrier. */
export interface Delivery {
  /**
   * Claims up to `limit` due messages; each is on disk as `SENDING` before anybody is called. With
   * `alone` it takes a single suspect where there is one, else none of them.
   */
  claim(request: { limit: number; alone: boolean }): Promise<Claimed>
  /** Calls the carrier for one claimed message and writes down how that ended. */
  deliver(claimed: ClaimedMessage): Promise<void>
  /** Gives claims back that were not begun. */
  release(claimed: ClaimedMessage[]): Promise<void>
}

/** The parts that `createDelivery` is made of. */
export interface DeliveryParts {
  settings: Settings
  store: Store
  provider: Provider
  /** The text as it leaves; `undefined` when the message has become worthless. */
  bodyOf: (message: Message) => Promise<string | undefined>
  flow: Pick<Flow, 'note' | 'skipProbe'>
  pace: Pace
  signals: Signals
  clock: Clock
  /** In [0, 1). */
  random: () => number
  logger: Logger
}

/** Delivery over one provider. */
export function createDelivery(parts: DeliveryParts): Delivery {
  const { settings, store, provider, bodyOf, flow, pace, signals, clock, random, logger } = parts
  const leaseMs = settings.delivery.leaseSeconds * 1_000
  // Only its last chance is taken alone: a worker that dies leaves all that it had with a lapse, and
  // hardly any of it is to blame.
  const lastChance = settings.delivery.maxLapses - 1
  const isSuspect = (message: Message) => message.lapses >= lastChance

  const write = createBatcher<EndedAttempt, void>(async (attempts) => {
    const changed = await store.transaction((tables) =>
      writeEndings(tables, attempts, { settings, random, now: clock.now() }),
    )
    signals.changed(changed)
    return attempts.map(() => undefined)
  })

  /** Everything that can still stop a call, looked at as late as possible. */
  async function call(claimed: ClaimedMessage): Promise<Ending | 'too-late'> {
    const { message, leaseEnds, grantedAt } = claimed
    const body = await bodyOf(message)
    const leftMs = message.expiresAt - clock.now()
    if (body === undefined || leftMs <= 0) return { kind: 'worthless' }
    // After the lease somebody else may have taken the message over. The monotonic clock also runs
    // while this process is stopped, and no change of the system's clock can stretch the lease.
    // Connecting may take its time too, and only then does the request leave.
    const now = clock.monotonic()
    if (now + settings.twilio.connectTimeoutMs >= leaseEnds) return 'too-late'
    // This process was slow: now the call would arrive in a second that others count as theirs.
    if (grantedAt !== undefined && now - grantedAt > grantLivesMs) return 'too-late'
    return provider.send({
      messageId: message.id,
      attempt: message.attempts,
      toPhone: message.toPhone,
      fromPhone: message.fromPhone,
      messagingServiceSid: message.messagingServiceSid,
      body,
      validitySeconds: Math.ceil(leftMs / 1_000),
    })
  }

  /** Given back unbegun. The attempt guards it: where somebody else has it by now nothing is changed. */
  const release = (claimed: ClaimedMessage[]) =>
    store.transaction((tables) =>
      tables.messages.release(
        claimed.map(({ message }) => ({ id: message.id, attempts: message.attempts })),
        clock.now(),
      ),
    )

  return {
    release,
    async claim({ limit, alone }) {
      // Measured before the claim is written: the lease may only be thought shorter than it is.
      const leaseEnds = clock.monotonic() + leaseMs
      const { found, suspectsWait, granted, blocked, grantedAt } = await store.transaction(
        async (tables) => {
          const now = clock.now()
          const leaseUntil = now + leaseMs
          // Together, and in this order: the second one looks at what the first one has claimed.
          const [due, optedOut] = await Promise.all([
            tables.messages.claimDue({ now, leaseUntil, limit }),
            tables.optOuts.findOfClaimed(leaseUntil),
          ])
          const isBlocked = (message: Message) => isOptedOut(optedOut, message)
          const blocked = optedOut.length > 0 ? due.filter(isBlocked) : []
          const free = blocked.length > 0 ? due.filter((one) => !isBlocked(one)) : due
          // Since they were accepted: who says STOP gets nothing more, not even what waits already.
          await endOptedOut(tables, blocked, now)
          const { taken, left } = choose(free, isSuspect, alone)
          const { granted: may, putOff, grantedAt: at } = await pace.take(tables, taken)
          // Given back where they are claimed, and unknown to their history: a worker that dies now
          // never had them.
          const later = [...putOff, ...spread(left, isSuspect, now)]
          const claims = later.map(({ message: { id, attempts }, nextAt: putOffUntil }) => {
            return { id, attempts, putOffUntil }
          })
          if (claims.length > 0) await tables.messages.release(claims, now)
          if (may.length > 0) {
            await tables.events.append(
              may.map((message) => eventOf(message, { status: 'SENDING' }, now)),
            )
          }
          return {
            found: due.length,
            suspectsWait: left.some(isSuspect),
            granted: may,
            blocked,
            grantedAt: at,
          }
        },
      )
      signals.changed([...granted, ...blocked].map((message) => message.id))
      const messages = granted.map((message) => ({
        message,
        leaseEnds,
        isSuspect: isSuspect(message),
        grantedAt: pace.counts(message) ? grantedAt : undefined,
      }))
      return { messages, found, suspectsWait }
    },
    async deliver(claimed) {
      const { message } = claimed
      const ending = await call(claimed)
      if (ending === 'too-late') {
        await flow.skipProbe('worthless')
        return release([claimed])
      }
      const noted = noteEnding(ending)
      if (ending.kind !== 'accepted') {
        const fields = {
          event: `send-${ending.kind}`,
          messageId: message.id,
          to: maskPhone(message.toPhone),
          attempt: message.attempts,
        }
        const code = ending.kind === 'refused' || ending.kind === 'busy' ? ending.code : undefined
        logger.warn({ ...fields, errorCode: code }, 'a message was not accepted by the carrier')
      }
      await Promise.all([write({ message, ending }), noted])
    },
  }

  function noteEnding(ending: Ending): Promise<void> {
    switch (ending.kind) {
      case 'accepted':
      case 'busy':
        return flow.note(ending)
      case 'refused':
        return flow.note({ kind: 'answered' })
      case 'not-sent':
      case 'unknown':
        return flow.note({ kind: 'failed' })
      case 'worthless':
        return flow.skipProbe('worthless')
    }
  }
}

async function endOptedOut(tables: Tables, blocked: Message[], at: Instant): Promise<void> {
  if (blocked.length === 0) return
  const status = 'FAILED'
  await tables.messages.advance(blocked.map(({ id }) => ({ id, status, at, nextAt: undefined })))
  const detail = 'the phone has opted out: the carrier was not called'
  await tables.events.append(blocked.map((message) => eventOf(message, { status, detail }, at)))
}

const suspectsApartMs = 100

/** Suspects come one by one, so that others pass between them. */
function spread(
  left: Message[],
  isSuspect: (message: Message) => boolean,
  now: Instant,
): { message: Message; nextAt: Instant | undefined }[] {
  let suspects = 0
  return left.map((message) => {
    const ahead = isSuspect(message) ? suspects++ : 0
    return { message, nextAt: ahead === 0 ? undefined : now + ahead * suspectsApartMs }
  })
}

/** One suspect, or everybody else: were they called together, all would be blamed when one silences the worker. */
function choose(
  due: Message[],
  isSuspect: (message: Message) => boolean,
  alone: boolean,
): { taken: Message[]; left: Message[] } {
  const suspect = alone ? due.find(isSuspect) : undefined
  const isTaken = (one: Message) => (suspect ? one === suspect : !isSuspect(one))
  return { taken: due.filter(isTaken), left: due.filter((one) => !isTaken(one)) }
}
