import type { Behaviours } from './behaviours.ts'
import type { Callback, Callbacks } from './callbacks.ts'
import type { Clock } from './clock.ts'
import type { Message } from './message.ts'
import type { Settings } from './settings.ts'

/** How the status of one message is called back, disturbances included. */
export interface Reporter {
  /** Resolves after the first try of the posts it makes at once. */
  report(message: Message): Promise<void>
  /** The life is over: what was held back goes out. */
  finish(): Promise<void>
}

export function createReporter(
  tools: { settings: Settings; clock: Clock; behaviours: Behaviours; callbacks: Callbacks },
  to: string,
): Reporter {
  const { settings, clock, behaviours, callbacks } = tools
  const lost = behaviours.takeAll(['lost-callbacks'], to)
  const double = behaviours.take(['double'], 'messages.create', to)
  const late = behaviours.take(['late'], 'messages.create', to)
  const reorder = behaviours.take(['reorder'], 'messages.create', to)
  const forged = behaviours.take(['wrong-signature'], 'messages.create', to)
  const copies = double ? (double.copies ?? 2) : 1
  let held: Callback[] = []

  const post = async (callback: Callback): Promise<void> => {
    const posts = Array.from({ length: copies }, async () => {
      if (!late) return callbacks.send(callback)
      clock.after(late.ms, async () => callbacks.send(callback))
    })
    await Promise.all(posts)
  }

  return {
    async report(message) {
      const { status } = message
      // `sending` is not promised as a callback, and official texts never show one.
      if (!message.statusCallback || status === 'sending') return
      if (lost.some((one) => one.status === undefined || one.status === status)) return
      const callback: Callback = {
        url: message.statusCallback,
        form: statusForm(message, settings, clock.now()),
        messageSid: message.sid,
        messageStatus: status,
        signature: forged ? 'wrong' : 'right',
      }
      if (reorder) held.push(callback)
      else await post(callback)
    },
    async finish() {
      const last = held.toReversed()
      held = []
      for (const callback of last) await post(callback)
    },
  }
}

function statusForm(message: Message, settings: Settings, now: Date): URLSearchParams {
  const { sid, status, serviceSid, errorCode } = message
  const form = new URLSearchParams({
    ApiVersion: '2010-04-01',
    MessageSid: sid,
    SmsSid: sid,
    MessageStatus: status,
    SmsStatus: status,
    AccountSid: settings.accountSid,
    From: message.from ?? '',
    To: message.to,
  })
  if (serviceSid !== null) form.set('MessagingServiceSid', serviceSid)
  if (errorCode !== null) form.set('ErrorCode', String(errorCode))
  // The carrier's own time: two digits each for year, month, day, hour and minute, no zone.
  if (status === 'delivered' || status === 'undelivered')
    form.set('RawDlrDoneDate', now.toISOString().replace(/\D/g, '').slice(2, 12))
  for (const [name, value] of Object.entries(settings.callbackExtras)) form.set(name, value)
  return form
}
