import type { Settings } from '../config.ts'
import type { NewEvent } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import type { Message, MessageStatus } from '../domain/message.ts'
import { maskPhone } from '../domain/phone.ts'
import { retryDelayMs } from '../domain/retry.ts'
import type { Clock } from '../domain/time.ts'
import type { Provider, SendOutcome } from '../provider/provider.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import { applyReports, reportOfOrphan } from './reports.ts'
import type { Signals } from './signals.ts'

/** A message that this process may send until its lease is over. */
export interface ClaimedMessage {
  message: Message
  /** On the monotonic clock, in milliseconds. */
  leaseEnds: number
}

/** Taking messages from the outbox to the carrier. */
export interface Delivery {
  /** Claims up to `limit` due messages; each is on disk as `SENDING` before anybody is called. */
  claim(limit: number): Promise<ClaimedMessage[]>
  /** Calls the carrier for one claimed message and writes down how that ended. */
  deliver(claimed: ClaimedMessage): Promise<void>
  /** Gives claims back that were not begun. */
  release(claimed: ClaimedMessage[]): Promise<void>
  /** The carrier asked to be left alone until this moment of the monotonic clock. */
  pausedUntil(): number
}

/** The parts that `createDelivery` is made of. */
export interface DeliveryParts {
  settings: Settings
  store: Store
  provider: Provider
  /** The text as it leaves; `undefined` when the message has become worthless. */
  bodyOf: (message: Message) => Promise<string | undefined>
  signals: Signals
  clock: Clock
  /** In [0, 1). */
  random: () => number
  logger: Logger
}

/** How a call ended, or that it was not made. */
type Ending = SendOutcome | { kind: 'worthless' }

/** Delivery over one provider. */
export function createDelivery(parts: DeliveryParts): Delivery {
  const { settings, store, provider, bodyOf, signals, clock, random, logger } = parts
  const leaseMs = settings.delivery.leaseSeconds * 1_000
  let paused = 0

  const write = createBatcher<{ message: Message; ending: Ending }, void>(async (endings) => {
    const changed = await store.transaction((tables) => writeEndings(tables, endings))
    signals.changed(changed)
    return endings.map(() => undefined)
  })

  async function writeEndings(
    tables: Tables,
    endings: { message: Message; ending: Ending }[],
  ): Promise<Set<string>> {
    const now = clock.now()
    const accepted = endings.flatMap(({ message, ending }) =>
      ending.kind === 'accepted' ? [{ message, report: ending.report }] : [],
    )
    const changed = new Set<string>()
    if (accepted.length > 0) {
      const reports = accepted.map(({ message, report }) => ({
        ...({
          message,
          report,
          attempt: message.attempts,
          source: 'worker',
          dedupe: false,
        } as const),
      }))
      for (const id of await applyReports(tables, reports, now, settings.delivery)) changed.add(id)
      for (const id of await adoptOrphans(tables, accepted)) changed.add(id)
    }
    const rest = endings.flatMap(({ message, ending }) =>
      ending.kind === 'accepted' ? [] : [{ message, step: stepAfter(message, ending, now) }],
    )
    for (const { message, step } of rest) {
      const moved = await step.move(tables)
      if (!moved) continue
      changed.add(message.id)
      await tables.events.append([eventOf(message, step, now)])
    }
    return changed
  }

  async function adoptOrphans(
    tables: Tables,
    accepted: { message: Message; report: { providerMsgId: string } }[],
  ): Promise<Set<string>> {
    const owners = accepted.map(({ message, report }) => ({
      providerMsgId: report.providerMsgId,
      messageId: message.id,
    }))
    const orphans = await tables.events.adopt(owners)
    const changed = new Set<string>()
    for (const orphan of orphans) {
      const now = clock.now()
      const report = reportOfOrphan(orphan)
      const moved = await tables.messages.advance([
        {
          id: orphan.messageId ?? '',
          status: report.status,
          errorCode: report.errorCode,
          nextAt: undefined,
          at: now,
        },
      ])
      for (const id of moved) changed.add(id)
    }
    return changed
  }

  /** What an ending means for the row, and the words for the log of events. */
  function stepAfter(
    message: Message,
    ending: Exclude<Ending, { kind: 'accepted' }>,
    now: number,
  ): Step {
    const { id, attempts } = message
    const end =
      (status: MessageStatus, errorCode?: number): Step['move'] =>
      (tables) =>
        tables.messages
          .advance([{ id, status, nextAt: undefined, at: now, errorCode }])
          .then((ids) => ids.has(id))
    const again =
      (waitMs: number, errorCode?: number): Step['move'] =>
      (tables) =>
        tables.messages
          .requeue([{ id, attempts, nextAt: now + waitMs, at: now, errorCode }])
          .then((ids) => ids.has(id))

    switch (ending.kind) {
      case 'refused': {
        const { code, retry, optOut, words } = ending
        if (optOut) {
          return {
            status: 'FAILED',
            code,
            words,
            async move(tables) {
              await tables.optOuts.add({
                phone: message.toPhone,
                reason: `refused by the carrier (${code})`,
                at: now,
              })
              return end('FAILED', code)(tables)
            },
          }
        }
        if (retry === 'never') return { status: 'FAILED', code, words, move: end('FAILED', code) }
        return {
          status: 'QUEUED',
          code,
          words,
          move: again(retryDelayMs(retry, attempts, random()), code),
        }
      }
      case 'busy': {
        const askedMs = (ending.retryAfterSeconds ?? 0) * 1_000
        const waitMs = askedMs + retryDelayMs('backoff', attempts, random())
        return {
          status: 'QUEUED',
          code: ending.code,
          words: ending.words,
          move: again(waitMs, ending.code),
        }
      }
      case 'not-sent':
        return {
          status: 'QUEUED',
          code: undefined,
          words: ending.words,
          move: again(retryDelayMs('backoff', attempts, random())),
        }
      case 'unknown':
        return {
          status: 'IN_DOUBT',
          code: undefined,
          words: ending.words,
          move: (tables) =>
            tables.messages
              .doubt([
                {
                  id,
                  attempts,
                  nextAt: now + settings.delivery.settleAfterSeconds * 1_000,
                  at: now,
                },
              ])
              .then((ids) => ids.has(id)),
        }
      case 'worthless':
        return {
          status: 'EXPIRED',
          code: undefined,
          words: 'too late to be of use',
          move: end('EXPIRED'),
        }
    }
  }

  /** Everything that can still stop a call, looked at as late as possible. */
  async function call({ message, leaseEnds }: ClaimedMessage): Promise<Ending | 'lease-over'> {
    const body = await bodyOf(message)
    const leftMs = message.expiresAt - clock.now()
    if (body === undefined || leftMs <= 0) return { kind: 'worthless' }
    // After the lease somebody else may have taken the message over. The monotonic clock also runs
    // while this process is stopped, and no change of the system's clock can stretch the lease.
    if (clock.monotonic() >= leaseEnds) return 'lease-over'
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

  return {
    pausedUntil: () => paused,
    async claim(limit) {
      // Measured before the claim is written: the lease may only be thought shorter than it is.
      const leaseEnds = clock.monotonic() + leaseMs
      const messages = await store.transaction(async (tables) => {
        const now = clock.now()
        const claimed = await tables.messages.claimDue({ now, leaseUntil: now + leaseMs, limit })
        if (claimed.length > 0) {
          const step = { status: 'SENDING', code: undefined, words: undefined } as const
          await tables.events.append(claimed.map((message) => eventOf(message, step, now)))
        }
        return claimed
      })
      signals.changed(messages.map((message) => message.id))
      return messages.map((message) => ({ message, leaseEnds }))
    },
    async deliver(claimed) {
      const { message } = claimed
      const ending = await call(claimed)
      // The row is no longer ours: whoever settles it will find nothing at the carrier.
      if (ending === 'lease-over') return
      if (ending.kind === 'busy')
        paused = clock.monotonic() + Math.max(1, ending.retryAfterSeconds ?? 1) * 1_000
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
      await write({ message, ending })
    },
    release: (claimed) =>
      store.transaction((tables) =>
        tables.messages.release(
          claimed.map(({ message }) => ({ id: message.id, attempts: message.attempts })),
          clock.now(),
        ),
      ),
  }
}

interface Step {
  status: MessageStatus
  code: number | undefined
  words: string | undefined
  /** False when the row is no longer where this attempt left it. */
  move(tables: Tables): Promise<boolean>
}

function eventOf(message: Message, step: Omit<Step, 'move'>, now: number): NewEvent {
  return {
    messageId: message.id,
    providerMsgId: message.providerMsgId,
    status: step.status,
    source: 'worker',
    applied: true,
    errorCode: step.code,
    detail: step.words,
    attempt: message.attempts,
    dedupeKey: undefined,
    createdAt: now,
  }
}
