import type { Settings } from '../config.ts'
import type { MessageEvent } from '../domain/event.ts'
import { firstIdAt, isId, lastId } from '../domain/id.ts'
import type { Channel, Message, MessageStatus } from '../domain/message.ts'
import type { OptOut } from '../domain/opt-out.ts'
import { hasPhoneShape } from '../domain/phone.ts'
import { judge, throttleKeys } from '../domain/throttle.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Verification, VerificationStatus } from '../domain/verification.ts'
import type { MessageSearch } from '../storage/browse-store.ts'
import type { NewVerificationEvent } from '../storage/event-stores.ts'
import type { MessagePage, Store } from '../storage/store.ts'

/** Which messages a person looks for; every part has to hold. */
export interface BrowseFilter {
  statuses?: readonly MessageStatus[] | undefined
  direction?: Message['direction'] | undefined
  channel?: Channel | undefined
  errorCode?: number | undefined
  sender?: string | undefined
  /** A phone or its last four digits or more, an id, a SID; anything else is looked for in texts. */
  q?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

/** Part of a list that goes on behind `next`. */
export interface BrowsePage {
  before?: string | undefined
  limit: number
}

/** What a person at the admin pages looks through. Each call reads a bounded number of rows. */
export interface Browse {
  messages(filter: BrowseFilter, page: BrowsePage): Promise<MessagePage>
  message(
    id: string,
  ): Promise<{ message: Message; events: MessageEvent[]; resends: string[] } | undefined>
  /** Writes down that somebody saw the whole of a message, and answers it. */
  reveal(id: string, actor: string): Promise<Message | undefined>
  /** Writes down that somebody takes messages with him. */
  noteExport(detail: Record<string, string>, actor: string): Promise<void>
  noteSignIn(actor: string): Promise<void>
  conversations(page: BrowsePage): Promise<{
    conversations: { newest: Message; inbound: number }[]
    next: string | undefined
  }>
  /** What the phone of this message was sent and has written, newest first. */
  thread(id: string): Promise<{ phone: string; messages: Message[]; optOuts: OptOut[] } | undefined>
  verifications(
    query: { statuses?: readonly VerificationStatus[] | undefined; q?: string | undefined },
    page: BrowsePage,
  ): Promise<{ verifications: Verification[]; next: string | undefined }>
  verification(id: string): Promise<
    | {
        verification: Verification
        events: NewVerificationEvent[]
        messages: Message[]
        /** Until when the limits of its phone refuse. */
        limits: { rule: string; refusesUntil: Instant | undefined }[]
      }
    | undefined
  >
  noteVerificationCanceled(id: string, actor: string): Promise<void>
}

/** Texts that are older are not looked through. */
const textMs = 30 * 86_400_000
const threadLength = 100
const fewestDigits = 4

/** What is looked for by one field for everything. */
type Question =
  | { kind: 'id' | 'sid' | 'phone' | 'end' | 'text'; value: string }
  | { kind: 'everything' }

/** Tells what somebody has typed. */
export function readQuestion(q: string | undefined): Question {
  const text = (q ?? '').trim()
  if (text === '') return { kind: 'everything' }
  const id = text.toLowerCase()
  if (isId(id)) return { kind: 'id', value: id }
  if (/^(?:SM|MM)[0-9a-f]{32}$/i.test(text)) {
    return { kind: 'sid', value: text.slice(0, 2).toUpperCase() + text.slice(2).toLowerCase() }
  }
  if (/^\+?[\d\s().-]+$/.test(text)) {
    const digits = text.replace(/\D/g, '')
    if (text.startsWith('+') && hasPhoneShape(`+${digits}`)) {
      return { kind: 'phone', value: `+${digits}` }
    }
    if (digits.length >= fewestDigits) return { kind: 'end', value: digits }
  }
  return { kind: 'text', value: text }
}

/** The look at one app's messages and verifications. */
export function createBrowse(parts: { settings: Settings; store: Store; clock: Clock }): Browse {
  const { settings, store, clock } = parts

  async function note(
    action: 'message-revealed' | 'messages-exported' | 'verification-canceled' | 'signed-in',
    subject: string,
    { actor, detail }: { actor: string; detail?: Record<string, string> | undefined },
  ): Promise<void> {
    await store.audit.append([{ actor, action, subject, detail, at: clock.now() }])
  }

  return {
    async messages({ q, since, until, ...filter }, { before = lastId, limit }) {
      const question = readQuestion(q)
      if (question.kind === 'id' || question.kind === 'sid') {
        const found =
          question.kind === 'id'
            ? await store.messages.find(question.value)
            : (await store.messages.findByProviderIds([question.value]))[0]
        return { messages: found && found.id < before ? [found] : [], next: undefined }
      }
      const oldest = Math.max(
        since?.getTime() ?? 0,
        question.kind === 'text' ? clock.now() - textMs : 0,
      )
      const end = until === undefined ? lastId : firstIdAt(until.getTime())
      const search: MessageSearch = {
        ...filter,
        from: oldest === 0 ? undefined : firstIdAt(oldest),
        before: before < end ? before : end,
        phone: question.kind === 'phone' ? question.value : undefined,
        phoneEnd: question.kind === 'end' ? question.value : undefined,
        text: question.kind === 'text' ? question.value : undefined,
      }
      return store.browse.messages({ ...search, limit })
    },
    async message(id) {
      const message = await store.messages.find(id)
      if (message === undefined) return undefined
      return {
        message,
        events: await store.events.list(id),
        resends: await store.browse.resendsOf(id),
      }
    },
    async reveal(id, actor) {
      const message = await store.messages.find(id)
      // Before it is shown: what is not written down is not seen.
      if (message) await note('message-revealed', id, { actor })
      return message
    },
    noteExport: (detail, actor) => note('messages-exported', 'messages', { actor, detail }),
    noteSignIn: (actor) => note('signed-in', actor, { actor }),
    conversations: ({ before = lastId, limit }) => store.browse.conversations({ before, limit }),
    async thread(id) {
      const message = await store.messages.find(id)
      const phone = message?.direction === 'inbound' ? message.fromPhone : message?.toPhone
      if (phone === undefined) return undefined
      return {
        phone,
        messages: await store.browse.thread(phone, threadLength),
        optOuts: await store.browse.optOutsOf(phone),
      }
    },
    async verifications({ statuses, q }, { before = '~', limit }) {
      const question = readQuestion(q)
      switch (question.kind) {
        case 'id':
        case 'sid':
        case 'text': {
          const found = await store.verifications.find(
            question.kind === 'text' ? question.value : question.value.toLowerCase(),
          )
          return { verifications: found && found.id < before ? [found] : [], next: undefined }
        }
        case 'everything':
          return store.browse.verifications({ statuses, before, limit })
        case 'phone':
          return store.browse.verifications({ statuses, phone: question.value, before, limit })
        case 'end':
          return store.browse.verifications({ statuses, phoneEnd: question.value, before, limit })
      }
    },
    async verification(id) {
      const verification = await store.verifications.find(id)
      if (verification === undefined) return undefined
      const { toPhone } = verification
      const { codesPerPhone, guessesPerPhone } = settings.throttles
      const rules = [
        { rule: 'codesPerPhone', key: throttleKeys.retry(toPhone), limits: codesPerPhone },
        { rule: 'guessesPerPhone', key: throttleKeys.guess(toPhone), limits: guessesPerPhone },
      ]
      const hits = await store.throttles.read(rules.map(({ key }) => key))
      const now = clock.now()
      return {
        verification,
        events: await store.verificationEvents.list(id),
        messages: await store.browse.messagesOfVerification(verification),
        limits: rules.map(({ rule, key, limits }) => {
          const verdict = judge(hits.get(key) ?? [], limits, 1, now)
          return { rule, refusesUntil: verdict.kind === 'refused' ? verdict.retryAt : undefined }
        }),
      }
    },
    noteVerificationCanceled: (id, actor) => note('verification-canceled', id, { actor }),
  }
}
