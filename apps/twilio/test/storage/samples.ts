import type { TestContext } from 'node:test'
import type { NewEvent } from '../../src/domain/event.ts'
import type { Message } from '../../src/domain/message.ts'
import { everySender, type OptOut } from '../../src/domain/opt-out.ts'
import type { Verification } from '../../src/domain/verification.ts'
import type { Move, Store } from '../../src/storage/store.ts'

export type OpenStore = () => Promise<Store>

/** The moment at which the samples were made. */
export const start = 1_800_000_000_000

/** A migrated store that is closed when the test ends. */
export async function openFor(t: TestContext, open: OpenStore): Promise<Store> {
  const store = await open()
  t.after(() => store.close())
  await store.migrate()
  return store
}

export function sampleMessage(overrides: Partial<Message> & { id: string }): Message {
  return {
    channel: 'sms',
    direction: 'outbound',
    toPhone: '+14155552671',
    fromPhone: undefined,
    messagingServiceSid: undefined,
    message: 'Your table is ready.',
    mediaUrls: [],
    status: 'QUEUED',
    providerMsgId: undefined,
    errorCode: undefined,
    numSegments: undefined,
    price: undefined,
    priceUnit: undefined,
    priority: 1,
    verificationId: undefined,
    metadata: undefined,
    resendOf: undefined,
    sendAt: undefined,
    expiresAt: start + 3_600_000,
    attempts: 0,
    attemptedAt: undefined,
    nextAt: start,
    polls: 0,
    lapses: 0,
    lastEventTime: start,
    createdAt: start,
    updatedAt: start,
    ...overrides,
  }
}

/** A message on its way, as a claim leaves it. */
export function sendingMessage(overrides: Partial<Message> & { id: string }): Message {
  return sampleMessage({
    status: 'SENDING',
    attempts: 1,
    attemptedAt: start,
    nextAt: start + 30_000,
    ...overrides,
  })
}

export async function insertMessages(store: Store, ...messages: Message[]): Promise<void> {
  await store.messages.insert(
    messages.map((message) => ({ message, idempotencyKey: undefined, requestHash: undefined })),
  )
}

export function sampleMove(overrides: Partial<Move> & Pick<Move, 'id' | 'status'>): Move {
  return { nextAt: undefined, at: start + 1_000, ...overrides }
}

export function sampleEvent(overrides: Partial<NewEvent>): NewEvent {
  return {
    messageId: 'm1',
    providerMsgId: undefined,
    status: 'SENT',
    source: 'callback',
    applied: true,
    errorCode: undefined,
    detail: undefined,
    attempt: undefined,
    dedupeKey: undefined,
    createdAt: start,
    ...overrides,
  }
}

export function sampleOptOut(overrides: Partial<OptOut> & { phone: string }): OptOut {
  return { sender: everySender, source: 'host', reason: 'STOP', at: start, ...overrides }
}

export function sampleVerification(
  overrides: Partial<Verification> & { id: string },
): Verification {
  return {
    toPhone: '+14155552671',
    purpose: 'verify',
    channel: 'sms',
    locale: 'en',
    backend: 'own-codes',
    status: 'pending',
    providerSid: undefined,
    secretId: 'k1',
    clientKey: 'c1',
    sends: 1,
    attempts: 0,
    lastSentAt: start,
    expiresAt: start + 600_000,
    endedAt: undefined,
    createdAt: start,
    ...overrides,
  }
}

export function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map((row) => row.id)
}
