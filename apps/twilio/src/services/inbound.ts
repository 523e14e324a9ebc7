import { callbackKey, type NewEvent } from '../domain/event.ts'
import type { Logger } from '../domain/log.ts'
import { type Message, priorityOf } from '../domain/message.ts'
import { maskPhone } from '../domain/phone.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { InboundText, Provider } from '../provider/provider.ts'
import type { Store, Tables } from '../storage/store.ts'
import { createBatcher } from './batcher.ts'
import type { Callbacks } from './callbacks.ts'
import { isOutage, patienceMs } from './patience.ts'
import type { RefusedCallbacks } from './refused-callbacks.ts'
import type { Signals } from './signals.ts'

/** What phones write to us. */
export interface Inbound {
  /**
   * Checks, then stores; when it resolves with `stored`, the message is on disk, and an opt-out in it
   * holds from then on. A message that was stored before changes nothing.
   */
  receive: Callbacks['receive']
}

/** The inbound messages of one app. Those that arrive together share one transaction. */
export function createInbound(parts: {
  store: Store
  provider: Pick<Provider, 'readInbound'>
  refusals: RefusedCallbacks
  newId: () => string
  signals: Signals
  clock: Clock
  logger: Logger
}): Inbound {
  const { store, provider, refusals, newId, signals, clock, logger } = parts
  const storeText = createBatcher<InboundText, void>(
    async (texts) => {
      await store.transaction((tables) => storeGroup(tables, texts, { newId, now: clock.now() }), {
        patienceMs,
      })
      return texts.map(() => undefined)
    },
    { isOutage },
  )

  return {
    async receive(request, received) {
      // Nothing before this line may touch the database: a stranger can get this far.
      const reading = provider.readInbound(request)
      if (reading.kind === 'forged') refusals.note({ ...received, ...request })
      if (reading.kind !== 'inbound') return reading
      try {
        await storeText(reading.message)
        signals.changed([])
        return { kind: 'stored' }
      } catch (error) {
        logger.error(
          { event: 'inbound-failed', error: String(error) },
          'an inbound message could not be stored',
        )
        return { kind: 'unavailable' }
      }
    },
  }
}

async function storeGroup(
  tables: Tables,
  texts: InboundText[],
  { newId, now }: { newId: () => string; now: Instant },
): Promise<void> {
  const bySid = new Map(texts.map((text) => [text.providerMsgId, text]))
  // Inside a transaction whoever brings the same SID at the same time waits for this look.
  for (const { providerMsgId } of await tables.messages.findByProviderIds([...bySid.keys()]))
    bySid.delete(providerMsgId ?? '')
  const fresh = [...bySid.values()].map((text) => ({
    text,
    message: messageOf(text, newId(), now),
  }))
  if (fresh.length === 0) return
  await tables.messages.insert(
    fresh.map(({ message }) => ({ message, idempotencyKey: undefined, requestHash: undefined })),
  )
  await tables.events.append(fresh.map(({ message }) => receivedEvent(message, now)))
  for (const { text, message } of fresh) await obey(tables, text.optOut, message.id, now)
}

function messageOf(text: InboundText, id: string, now: Instant): Message {
  const { channel, fromPhone, toPhone, messagingServiceSid, providerMsgId, numSegments } = text
  return {
    id,
    channel,
    fromPhone,
    toPhone,
    messagingServiceSid,
    providerMsgId,
    numSegments,
    direction: 'inbound',
    message: text.text,
    mediaUrls: text.mediaUrls,
    status: 'RECEIVED',
    errorCode: undefined,
    price: undefined,
    priceUnit: undefined,
    priority: priorityOf.normal,
    verificationId: undefined,
    metadata: undefined,
    resendOf: undefined,
    sendAt: undefined,
    expiresAt: now,
    attempts: 0,
    attemptedAt: undefined,
    nextAt: undefined,
    polls: 0,
    lapses: 0,
    lastEventTime: now,
    createdAt: now,
    updatedAt: now,
  }
}

function receivedEvent({ id, providerMsgId = '' }: Message, now: Instant): NewEvent {
  return {
    messageId: id,
    providerMsgId,
    status: 'RECEIVED',
    source: 'callback',
    applied: true,
    errorCode: undefined,
    detail: 'received',
    attempt: undefined,
    dedupeKey: callbackKey(providerMsgId, 'received', undefined),
    createdAt: now,
  }
}

/** Does what the phone asks for, in the transaction that stores its message. */
async function obey(
  { optOuts, audit }: Tables,
  optOut: InboundText['optOut'],
  messageId: string,
  at: Instant,
): Promise<void> {
  if (optOut === undefined) return
  const { kind, phone, word, senders } = optOut
  let changed = 0
  if (kind === 'start') {
    changed = await optOuts.lift(phone, senders)
  } else {
    for (const sender of senders) {
      const added = { phone, sender, source: 'recipient', reason: word, at } as const
      if (await optOuts.add(added)) changed++
    }
  }
  if (changed === 0) return
  const action = kind === 'start' ? 'opt-out-removed' : 'opt-out-added'
  const detail = { word, message: messageId, sender: senders.join(' ') }
  await audit.append([{ actor: 'recipient', action, subject: maskPhone(phone), detail, at }])
}
