import { rankOf } from '../domain/message.ts'
import { hasPhoneShape } from '../domain/phone.ts'
import type { CancelResult } from '../services/message-actions.ts'
import type { SendInput, SendResult } from '../services/messages.ts'
import { oneMessage, sendBody, sendHeaders } from './bodies.ts'
import { type Call, defineEndpoint } from './contract.ts'
import { endpointProblems } from './endpoint-problems.ts'
import { cancelMessageDocs, getMessageStatusDocs, sendMessageDocs } from './messages-docs.ts'
import { waitSecondsOf } from './prefer.ts'
import { type Problem, problem } from './problems.ts'
import { smsLog, smsStatus, toSMSEvent, toSMSLog } from './shapes.ts'

/** The problem that answers a phone without the shape of one, before any service is asked. */
export function invalidPhone(field: 'to_phone' | 'from_phone' | 'phone'): Problem<'invalid-phone'> {
  return problem('invalid-phone', {
    errors: [{ field, code: 'invalid-phone', message: 'must be E.164, such as +14155552671' }],
  })
}

/** Takes one message. */
export const sendMessage = defineEndpoint({
  method: 'POST',
  path: '/api/sms/send/',
  summary: 'Send a message',
  scope: 'send',
  request: { headers: sendHeaders, body: sendBody },
  answers: { 201: smsLog, 202: smsLog },
  problems: endpointProblems.sendMessage,
  docs: sendMessageDocs,
  async handle(call, { messages, settings }) {
    if (!hasPhoneShape(call.body.to_phone)) return invalidPhone('to_phone')
    const result = await messages.send(sendInputOf(call))
    if (result.kind !== 'accepted') return refusalOf(result)

    let { message } = result
    const wait = Math.min(waitSecondsOf(call.headers.prefer), settings.http.maxWaitSeconds)
    // A message for later has nothing to be waited for.
    if (wait > 0 && message.status !== 'SCHEDULED' && rankOf[message.status] < rankOf.ACCEPTED) {
      message = (await messages.whenAnswered(message.id, wait * 1_000)) ?? message
    }
    const headers: Record<string, string> = {
      location: `${call.basePath}/api/sms/${message.id}/status/`,
    }
    if (result.replayed) headers['idempotent-replayed'] = 'true'
    if (wait === 0 || rankOf[message.status] < rankOf.ACCEPTED) {
      return { status: 202, body: toSMSLog(message), headers }
    }
    headers['preference-applied'] = `wait=${wait}`
    return { status: 201, body: toSMSLog(message), headers }
  },
})

/** Tells what became of a message. */
export const getMessageStatus = defineEndpoint({
  method: 'GET',
  path: '/api/sms/{id}/status/',
  summary: 'Read a message and its events',
  scope: 'read',
  request: { params: oneMessage },
  answers: { 200: smsStatus },
  problems: endpointProblems.getMessageStatus,
  docs: getMessageStatusDocs,
  unknown: 'message-not-found',
  async handle({ params }, { messages }) {
    const found = await messages.get(params.id)
    if (!found) return problem('message-not-found')
    const events = found.events.map(toSMSEvent)
    return { status: 200, body: { ...toSMSLog(found.message), events } }
  },
})

/** Takes a waiting message back. */
export const cancelMessage = defineEndpoint({
  method: 'POST',
  path: '/api/sms/{id}/cancel/',
  summary: 'Cancel a message that waits',
  scope: 'send',
  request: { params: oneMessage },
  answers: { 200: smsLog },
  problems: endpointProblems.cancelMessage,
  docs: cancelMessageDocs,
  unknown: 'message-not-found',
  async handle({ params, principal }, { messages }) {
    const result = await messages.cancel(params.id, { actor: principal?.id })
    if (result.kind !== 'canceled') return cancelProblem(result)
    return { status: 200, body: toSMSLog(result.message) }
  },
})

/** What a cancel that came to nothing is answered. */
export function cancelProblem(result: Exclude<CancelResult, { kind: 'canceled' }>) {
  switch (result.kind) {
    case 'message-not-found':
      return problem(result.kind)
    case 'too-late-to-cancel':
      return problem(result.kind, { detail: `It is ${result.status}.` })
  }
}

type SendCall = Call<(typeof sendMessage)['request']>

function sendInputOf({ body, headers, principal }: SendCall): SendInput {
  return {
    toPhone: body.to_phone,
    message: body.message,
    fromPhone: body.from_phone,
    messagingServiceSid: body.messaging_service_sid,
    sendAt: body.send_at,
    expiresAt: body.expires_at,
    priority: body.priority,
    metadata: body.metadata,
    idempotencyKey: headers['idempotency-key'],
    caller: principal?.id,
  }
}

/** What a send that sent nothing is answered. */
export function refusalOf(result: Exclude<SendResult, { kind: 'accepted' }>) {
  switch (result.kind) {
    case 'invalid-phone':
      return invalidPhone(result.field)
    case 'invalid-message': {
      const { field, detail } = result
      return problem('invalid-message', { errors: [{ field, code: 'invalid', message: detail }] })
    }
    case 'destination-not-allowed':
      return problem('destination-not-allowed', {
        detail: result.country && `Messages to ${result.country} are not switched on.`,
      })
    case 'throttled':
      return problem('throttled', { retryAfterSeconds: result.retryAfterSeconds })
    case 'opted-out':
    case 'idempotency-key-reused':
    case 'unavailable':
      return problem(result.kind)
  }
}
