import { hostActor } from '../domain/audit.ts'
import { eventOf } from '../domain/event.ts'
import { firstIdAt } from '../domain/id.ts'
import { isOver, type Message, type MessageStatus } from '../domain/message.ts'
import { hasPhoneShape, maskPhone } from '../domain/phone.ts'
import type { Clock } from '../domain/time.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../storage/store.ts'
import type { Signals } from './signals.ts'

/** Who acts; stands in the audit log. */
export interface ActionOptions {
  /** The id of a key, or a name of yours; default `host`. */
  actor?: string | undefined
}

/** How a cancel can end. `canceled` is also the answer where it was canceled before. */
export type CancelResult =
  | { kind: 'canceled'; message: Message }
  | { kind: 'message-not-found' }
  /** It has left, may have, or is just leaving; or it has ended otherwise. */
  | { kind: 'too-late-to-cancel'; status: MessageStatus }

/** How a redaction can end. Only `redacted` has changed anything here. */
export type RedactResult =
  /** `carrier`: what became of the text there; `gone` where it has no such message, `never-there` where it never had it. */
  | { kind: 'redacted'; message: Message; carrier: 'redacted' | 'gone' | 'never-there' }
  | { kind: 'message-not-found' }
  /** Its text is still needed: it is not over, here or at the carrier. */
  | { kind: 'not-over'; status: MessageStatus }
  /** The carrier could not be asked; try again. */
  | { kind: 'unavailable'; words: string; retryAfterSeconds: number | undefined }

/** How an erasure can end. With `left` messages that are on their way, ask again when they are over. */
export type EraseResult =
  | { kind: 'erased'; messages: number; canceled: number; left: number }
  | { kind: 'invalid-phone' }

/** What is done to single messages after they were accepted. */
export interface MessageActions {
  /** Takes back a message that waits. It is then never sent. */
  cancel(id: string, options?: ActionOptions): Promise<CancelResult>
  /**
   * Empties the text of a message that is over, at the carrier first and then here, metadata and
   * addresses of media included. May be repeated.
   */
  redact(id: string, options?: ActionOptions): Promise<RedactResult>
  /**
   * Forgets a phone: takes back what waits for it, empties and masks its messages that are over, deletes
   * its verifications. Its opt-outs stay, or it would be texted again. The carrier is not asked.
   */
  erase(phone: string, options?: ActionOptions): Promise<EraseResult>
}

/** How many messages are looked at in one transaction. */
const eraseBatch = 500

/** The actions of one app. */
export function createMessageActions(parts: {
  store: Store
  provider: Pick<Provider, 'redact'>
  signals: Signals
  clock: Clock
}): MessageActions {
  const { store, provider, signals, clock } = parts

  async function redactHere(
    id: string,
    actor: string,
    carrier: Extract<RedactResult, { kind: 'redacted' }>['carrier'],
  ): Promise<RedactResult> {
    const message = await store.transaction(async (tables) => {
      await tables.retention.clearTexts({ first: id, last: id })
      const action = 'message-redacted'
      const entry = { actor, action, subject: id, detail: { carrier }, at: clock.now() } as const
      await tables.audit.append([entry])
      return tables.messages.find(id)
    })
    return message ? { kind: 'redacted', message, carrier } : { kind: 'message-not-found' }
  }

  async function eraseRange(range: { first: string; last: string }, phone: string) {
    return store.transaction(async (tables) => {
      const at = clock.now()
      const canceled = await tables.erasure.cancelWaiting(range, phone, at)
      await tables.events.append(
        canceled.map((message) => eventOf(message, { status: 'CANCELED', source: 'admin' }, at)),
      )
      const { erased, left } = await tables.erasure.erase(range, phone)
      return { erased, left, canceled: canceled.map((message) => message.id) }
    })
  }

  return {
    async cancel(id, { actor = hostActor } = {}) {
      const canceled = await store.transaction(async (tables) => {
        const at = clock.now()
        const message = await tables.messages.cancel(id, at)
        if (message === undefined) return undefined
        await tables.events.append([eventOf(message, { status: 'CANCELED', source: 'api' }, at)])
        const action = 'message-canceled'
        await tables.audit.append([{ actor, action, subject: id, detail: undefined, at }])
        return message
      })
      if (canceled !== undefined) {
        signals.changed([id])
        return { kind: 'canceled', message: canceled }
      }
      const message = await store.messages.find(id)
      if (message === undefined) return { kind: 'message-not-found' }
      if (message.status === 'CANCELED') return { kind: 'canceled', message }
      return { kind: 'too-late-to-cancel', status: message.status }
    },

    async redact(id, { actor = hostActor } = {}) {
      const message = await store.messages.find(id)
      if (message === undefined) return { kind: 'message-not-found' }
      if (!isOver(message)) return { kind: 'not-over', status: message.status }
      const { providerMsgId, status } = message
      if (providerMsgId === undefined) return redactHere(id, actor, 'never-there')
      // The carrier first: a text that is gone here and still stands there would be forgotten there.
      const outcome = await provider.redact(providerMsgId)
      switch (outcome.kind) {
        case 'redacted':
        case 'gone':
          return redactHere(id, actor, outcome.kind)
        case 'in-progress':
          return { kind: 'not-over', status }
        case 'unavailable': {
          const { kind, words, retryAfterSeconds } = outcome
          return { kind, words, retryAfterSeconds }
        }
      }
    },

    async erase(phone, { actor = hostActor } = {}) {
      if (!hasPhoneShape(phone)) return { kind: 'invalid-phone' }
      const sums = { messages: 0, canceled: 0, left: 0 }
      const before = firstIdAt(clock.now() + 1)
      let after = ''
      for (;;) {
        const range = await store.retention.nextRange({ after, before, limit: eraseBatch })
        if (range === undefined) break
        const { erased, canceled, left } = await eraseRange(range, phone)
        signals.changed(canceled)
        sums.messages += erased
        sums.canceled += canceled.length
        sums.left += left
        after = range.last
      }
      await store.transaction(async (tables) => {
        await tables.erasure.deleteVerifications(phone)
        const { messages, canceled, left } = sums
        const detail = { messages: `${messages}`, canceled: `${canceled}`, left: `${left}` }
        const entry = { actor, action: 'phone-erased', subject: maskPhone(phone), detail } as const
        await tables.audit.append([{ ...entry, at: clock.now() }])
      })
      // What was overwritten still stands in the log beside the file, until that is emptied.
      await store.scrub()
      return { kind: 'erased', ...sums }
    },
  }
}
