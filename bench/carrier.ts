import { randomBytes } from 'node:crypto'
import type { Provider, SendOutcome } from '../apps/twilio/src/provider/provider.ts'

/** A carrier in this process that takes every message at once: what is left is our own cost. */
export interface StubCarrier {
  send(messageId: string): Promise<SendOutcome>
  /** Resolves when so many more messages have been taken. */
  takes(count: number): Promise<void>
  /** The same as the app sees it. */
  provider: Provider
}

// Without order, as Twilio's are: how they scatter over an index is part of what a message costs.
let pool = Buffer.alloc(0)
let at = 0
function newSid(): string {
  if (at === pool.length) {
    pool = randomBytes(16 * 512)
    at = 0
  }
  at += 16
  return `SM${pool.toString('hex', at - 16, at)}`
}

/** `onCall` hears of each call as it comes in. */
export function createStubCarrier(onCall: (messageId: string) => void = () => {}): StubCarrier {
  let awaited = Infinity
  let done = () => {}

  async function send(messageId: string): Promise<SendOutcome> {
    onCall(messageId)
    if (--awaited === 0) done()
    return {
      kind: 'accepted',
      report: {
        providerMsgId: newSid(),
        status: 'ACCEPTED',
        words: 'queued',
        fromPhone: '+15005550006',
        errorCode: undefined,
        numSegments: 1,
        price: undefined,
        priceUnit: 'USD',
      },
    }
  }

  const unavailable = { kind: 'unavailable', words: 'this carrier only takes messages' } as const
  return {
    send,
    takes(count) {
      awaited = count
      return new Promise((resolve) => {
        done = resolve
      })
    },
    provider: {
      countSegments: () => 1,
      send: (request) => send(request.messageId),
      fetch: async () => unavailable,
      fetchMany: async () => unavailable,
      find: async () => unavailable,
      readCallback: () => ({ kind: 'forged' }),
      readInbound: () => ({ kind: 'forged' }),
      redact: async () => unavailable,
      startVerification: async () => unavailable,
      checkVerification: async () => unavailable,
      cancelVerification: async () => {},
      close: async () => {},
    },
  }
}
