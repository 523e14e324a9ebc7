import type { Answer } from './answers.ts'
import { refuse } from './answers.ts'
import { readCallbackUrl } from './callback-url.ts'
import type { MessageIntent } from './message.ts'
import type { Settings } from './settings.ts'

/** Outcome of looking at a create call. */
type Checked = { kind: 'good'; intent: MessageIntent } | { kind: 'refused'; answer: Answer }

// https://www.twilio.com/docs/iam/test-credentials
const magicTo = new Map([
  ['+15005550001', 21211],
  ['+15005550002', 21612],
  ['+15005550003', 21408],
  ['+15005550004', 21610],
  ['+15005550009', 21614],
])
const magicFrom = new Map([
  ['+15005550001', 21212],
  ['+15005550007', 21606],
  ['+15005550008', 21611],
])
const e164 = /^\+[1-9]\d{6,14}$/
const channels = /^(whatsapp|rcs|messenger):(.+)$/
// A sender ID has up to eleven characters and at least one letter.
const alphanumeric = /^(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}$/

/** Checks a create call as Twilio does; the first thing wrong decides the code. */
export function checkMessage(
  form: URLSearchParams,
  settings: Settings,
  account: 'live' | 'test',
  now: Date,
): Checked {
  const text = (name: string) => form.get(name) || undefined
  const intent: MessageIntent = {
    to: text('To')?.trim() ?? '',
    from: text('From')?.trim(),
    serviceSid: text('MessagingServiceSid'),
    body: text('Body') ?? templateText(form),
    mediaUrls: form.getAll('MediaUrl').filter(Boolean),
    sendAt: undefined,
    validitySeconds: Number(text('ValidityPeriod') ?? 36_000),
    statusCallback: text('StatusCallback'),
  }
  const refusal =
    checkContent(intent, form) ??
    checkTo(intent.to) ??
    checkSender(intent, settings, account) ??
    checkChannel(intent) ??
    checkExtras(intent) ??
    checkSchedule(form, intent, now)
  if (refusal) return { kind: 'refused', answer: refusal }
  const sendAt = form.get('SendAt')
  return { kind: 'good', intent: { ...intent, sendAt: sendAt ? new Date(sendAt) : undefined } }
}

function checkContent(intent: MessageIntent, form: URLSearchParams): Answer | undefined {
  if (!intent.to) return refuse(21604)
  if (!intent.from && !intent.serviceSid) return refuse(21603)
  const contentSid = form.get('ContentSid')
  if (contentSid && !/^HX[0-9a-fA-F]{32}$/.test(contentSid)) return refuse(21655)
  if (!variablesFit(form)) return refuse(21656)
  if (!intent.body && intent.mediaUrls.length === 0 && !contentSid) return refuse(21619)
  if (Array.from(intent.body).length > 1600) return refuse(21617)
  if (intent.mediaUrls.length > 10) return refuse(21623)
  const bad = intent.mediaUrls.find((url) => !/^https?:/.test(url) || !URL.canParse(url))
  return bad === undefined ? undefined : refuse(21620, `Invalid media URL: ${bad}`)
}

function checkTo(to: string): Answer | undefined {
  const magic = magicTo.get(to)
  if (magic !== undefined) return refuse(magic)
  if (/^\d{3,6}$/.test(to)) return refuse(21265)
  const [, channel, address = to] = channels.exec(to) ?? []
  if (channel !== 'messenger' && !e164.test(address))
    return refuse(21211, `Invalid 'To' Phone Number: ${to}`)
  return undefined
}

function checkSender(
  { from, serviceSid, to }: MessageIntent,
  settings: Settings,
  account: 'live' | 'test',
): Answer | undefined {
  if (serviceSid !== undefined) {
    const service = settings.messagingServices.find(({ sid }) => sid === serviceSid)
    if (!service) return refuse(21705, `The Messaging Service Sid ${serviceSid} is invalid`)
    if (service.senders.length === 0) return refuse(21704)
    if (from !== undefined && !service.senders.includes(from)) return refuse(21711)
    return undefined
  }
  if (from === undefined) return refuse(21603)
  const magic = magicFrom.get(from)
  if (magic !== undefined) return refuse(magic)
  if (account === 'test' && from !== '+15005550006') return refuse(21606)
  const channel = channels.test(from)
  if (!channel && !e164.test(from) && !/^\d{3,8}$/.test(from) && !alphanumeric.test(from))
    return refuse(21212, `The 'From' number ${from} is not a valid phone number or sender ID`)
  if (account === 'live' && settings.senders && !settings.senders.includes(from))
    return refuse(21606, `The 'From' number ${from} is not a sender of this account`)
  if (from === to) return refuse(channel ? 63031 : 21266)
  return undefined
}

function channelOf(address: string): string {
  return channels.exec(address)?.[1] ?? 'sms'
}

function checkChannel({ from, to }: MessageIntent): Answer | undefined {
  return from !== undefined && channelOf(from) !== channelOf(to) ? refuse(21910) : undefined
}

function checkExtras({ statusCallback, validitySeconds }: MessageIntent): Answer | undefined {
  if (statusCallback !== undefined && !readCallbackUrl(statusCallback)) return refuse(21609)
  if (Number.isNaN(validitySeconds)) return refuse(20001, 'ValidityPeriod is not a number')
  const inRange = Number.isInteger(validitySeconds) && validitySeconds >= 1
  return inRange && validitySeconds <= 36_000 ? undefined : refuse(90007)
}

function checkSchedule(
  form: URLSearchParams,
  { serviceSid }: MessageIntent,
  now: Date,
): Answer | undefined {
  const type = form.get('ScheduleType')
  const sendAt = form.get('SendAt')
  if (!type && !sendAt) return undefined
  if (type !== 'fixed') return refuse(20001, "ScheduleType has to be 'fixed' when SendAt is given")
  if (!sendAt) return refuse(35111)
  if (!serviceSid) return refuse(35118)
  const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(sendAt)
    ? Date.parse(sendAt)
    : Number.NaN
  if (Number.isNaN(time)) return refuse(35115)
  const aheadSeconds = (time - now.getTime()) / 1000
  return aheadSeconds > 300 && aheadSeconds <= 35 * 86_400 ? undefined : refuse(35114)
}

function variablesFit(form: URLSearchParams): boolean {
  const variables = form.get('ContentVariables')
  if (!variables) return true
  if (!form.get('ContentSid')) return false
  try {
    const parsed: unknown = JSON.parse(variables)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  } catch {
    return false
  }
}

/** The simulator knows no templates: the phone shows which one it was, and its values. */
function templateText(form: URLSearchParams): string {
  const sid = form.get('ContentSid')
  return sid ? `[${sid}] ${form.get('ContentVariables') ?? ''}`.trim() : ''
}
