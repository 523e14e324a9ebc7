import { fates } from './behaviours.ts'
import type { Behaviours } from './behaviours.ts'
import type { Callbacks } from './callbacks.ts'
import type { Changes } from './changes.ts'
import type { Clock } from './clock.ts'
import type { Ending, Message, MessageIntent, MessageStatus } from './message.ts'
import { createReporter } from './message-callbacks.ts'
import type { Reporter } from './message-callbacks.ts'
import { stepAfter } from './message-steps.ts'
import type { Step } from './message-steps.ts'
import { newMessage } from './new-message.ts'
import type { Settings } from './settings.ts'
import type { Dice } from './sids.ts'

export interface Messages {
  /**
   * Takes a message and starts its life; resolves when the create call may be answered, with what
   * the message was at first.
   */
  accept(intent: MessageIntent): Promise<Message>
  /** What `accept` would make, without keeping it. */
  draft(intent: MessageIntent): Message
  /** Keeps a text that has no life to live: Verify's own, or one that a phone sent. */
  record(text: RecordedText): Message
  find(sid: string): Message | undefined
  /** Oldest first, deleted ones included. */
  all(): readonly Message[]
  cancel(message: Message): Promise<void>
  clear(): void
}

interface RecordedText {
  kind: Message['kind']
  direction: Message['direction']
  to: string
  from: string
  body: string
  status: MessageStatus
  code?: string | undefined
  serviceSid?: string | undefined
}

interface Life {
  message: Message
  ending: Ending
  reporter: Reporter
  callOff: () => void
}

export function createMessages(tools: {
  settings: Settings
  clock: Clock
  dice: Dice
  behaviours: Behaviours
  callbacks: Callbacks
  changes: Changes
}): Messages {
  const { settings, clock, dice, behaviours, changes } = tools
  const messages = new Map<string, Message>()
  const lives = new Map<string, Life>()

  const enter = async (life: Life, step: Step): Promise<void> => {
    const { message } = life
    message.status = step.status
    message.errorCode = step.errorCode
    message.updatedAt = clock.now()
    if (step.status === 'queued') message.from ??= firstSender(settings, message.serviceSid)
    if (step.status === 'sent') message.sentAt = clock.now()
    changes.tell()
    await life.reporter.report(message)
  }

  const nextStep = ({ message, ending }: Life): Step | undefined =>
    stepAfter(message, ending, settings.delays, clock.now())

  const goOn = async (life: Life): Promise<void> => {
    const step = nextStep(life)
    if (!step) {
      lives.delete(life.message.sid)
      return life.reporter.finish()
    }
    life.callOff = clock.after(step.waitMs, async () => {
      // The receiver of a callback may be slow; the message does not wait for it.
      const reported = enter(life, step)
      await Promise.all([reported, goOn(life)])
    })
  }

  const liveAtOnce = async (life: Life): Promise<void> => {
    for (let step = nextStep(life); step; step = nextStep(life)) await enter(life, step)
    await life.reporter.finish()
  }

  return {
    async accept(intent) {
      const lag = behaviours.take(['lagging-list'], 'messages.create', intent.to)
      const early = behaviours.take(['early-callbacks'], 'messages.create', intent.to)
      const message = newMessage(intent, settings, clock.now(), dice, lag?.ms ?? 0)
      const first = { ...message }
      messages.set(message.sid, message)
      changes.tell()
      const life: Life = {
        message,
        ending: chooseEnding(behaviours, intent.to),
        reporter: createReporter(tools, intent.to),
        callOff: () => {},
      }
      if (early && message.status !== 'scheduled') {
        await liveAtOnce(life)
        return first
      }
      lives.set(message.sid, life)
      await goOn(life)
      return first
    },
    draft: (intent) => newMessage(intent, settings, clock.now(), dice, 0),
    record(text) {
      const now = clock.now()
      const message: Message = {
        ...text,
        sid: dice.sid('SM'),
        serviceSid: text.serviceSid ?? null,
        phoneBody: text.body,
        code: text.code,
        mediaUrls: [],
        errorCode: null,
        createdAt: now,
        updatedAt: now,
        sentAt: now,
        listedAt: now,
        sendAt: undefined,
        validitySeconds: 36_000,
        statusCallback: undefined,
        deleted: false,
      }
      messages.set(message.sid, message)
      changes.tell()
      return message
    },
    find(sid) {
      const message = messages.get(sid)
      return message?.deleted || message?.kind === 'verification' ? undefined : message
    },
    all: () => [...messages.values()],
    async cancel(message) {
      const life = lives.get(message.sid)
      if (!life) return
      life.callOff()
      lives.delete(message.sid)
      await enter(life, { status: 'canceled', waitMs: 0, errorCode: null })
      await life.reporter.finish()
    },
    clear() {
      messages.clear()
      lives.clear()
    },
  }
}

function chooseEnding(behaviours: Behaviours, to: string): Ending {
  const fate = behaviours.take(fates, 'messages.create', to)
  if (!fate) return { status: 'delivered', code: null }
  if (fate.kind === 'stay-sent') return { status: 'sent', code: null }
  return { status: fate.kind, code: fate.code }
}

function firstSender(settings: Settings, serviceSid: string | null): string | null {
  return settings.messagingServices.find(({ sid }) => sid === serviceSid)?.senders[0] ?? null
}
