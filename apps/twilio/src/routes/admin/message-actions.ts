import { z } from 'zod'
import type { ResendRefusal } from '../../services/messages.ts'
import type { SendResult } from '../../services/message-checks.ts'
import { hasPhoneShape } from '../../domain/phone.ts'
import { idempotencyKey as key, oneMessage, sendBody } from '../bodies.ts'
import { endpointProblems } from '../endpoint-problems.ts'
import { cancelProblem, invalidPhone, refusalOf } from '../messages.ts'
import { type Problem, problem, type ProblemCode } from '../problems.ts'
import { actionDocs } from './messages-docs.ts'
import { messageRow, toRow } from './shapes.ts'
import { actorOf, defineAdmin } from './tools.ts'

const changed = z.strictObject({ message: messageRow }).meta({ id: 'ChangedMessage' })

const resendProblems = [
  'invalid-idempotency-key',
  'message-not-found',
  'cannot-resend',
  'not-over',
  'invalid-phone',
  'invalid-message',
  'destination-not-allowed',
  'opted-out',
  'idempotency-key-reused',
  'throttled',
  'unavailable',
] as const satisfies readonly ProblemCode[]

type ResendProblem = (typeof resendProblems)[number]

/** What a resend that sent nothing is answered. */
export function resendProblem(
  result: Exclude<SendResult, { kind: 'accepted' }> | ResendRefusal,
): Problem<ResendProblem> {
  switch (result.kind) {
    case 'inbound':
      return problem('cannot-resend', { detail: 'A phone has written it.' })
    case 'verification':
      return problem('cannot-resend', {
        detail: 'It carries a code: its verification has to be started again.',
      })
    case 'forgotten':
      return problem('cannot-resend', { detail: 'Its text or its number is no longer kept.' })
    case 'not-over':
      return problem('not-over', { detail: `It is ${result.status}.` })
    case 'invalid-message':
      return problem('invalid-message', { detail: result.detail })
    case 'throttled':
      return problem('throttled', { retryAfterSeconds: result.retryAfterSeconds })
    case 'invalid-phone':
    case 'destination-not-allowed':
    case 'message-not-found':
    case 'opted-out':
    case 'idempotency-key-reused':
    case 'unavailable':
      return problem(result.kind)
  }
}

const idempotency = z.object({
  'idempotency-key': key
    .optional()
    .meta({ description: 'Makes repeating the request safe for 7 days.' }),
})

/** Sends one message by hand. */
export const sendMessage = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/',
  summary: 'Send a message',
  docs: actionDocs.send,
  scope: 'operate',
  request: {
    headers: idempotency,
    body: sendBody
      .pick({ to_phone: true, message: true, send_at: true })
      .meta({ id: 'SendByHand' }),
  },
  answers: { 202: changed },
  problems: endpointProblems.sendMessage,
  async handle(call, { messages }) {
    const { to_phone: toPhone, message, send_at: sendAt } = call.body
    if (!hasPhoneShape(toPhone)) return invalidPhone('to_phone')
    const actor = actorOf(call)
    const idempotencyKey = call.headers['idempotency-key']
    const input = { toPhone, message, sendAt, idempotencyKey, caller: actor }
    const result = await messages.send(input, { actor })
    if (result.kind !== 'accepted') return refusalOf(result)
    return { status: 202, body: { message: toRow(result.message) } }
  },
})

/** Sends the text of a message again. */
export const resendMessage = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/{id}/resend/',
  summary: 'Send a message again',
  docs: actionDocs.resend,
  scope: 'operate',
  request: {
    params: oneMessage,
    headers: idempotency,
  },
  answers: { 202: changed },
  problems: resendProblems,
  unknown: 'message-not-found',
  async handle(call, { messages }) {
    const idempotencyKey = call.headers['idempotency-key']
    const result = await messages.resend(call.params.id, { actor: actorOf(call), idempotencyKey })
    if (result.kind !== 'accepted') return resendProblem(result)
    return { status: 202, body: { message: toRow(result.message) } }
  },
})

/** Takes a waiting message back. */
export const cancelMessage = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/{id}/cancel/',
  summary: 'Cancel a message that waits',
  docs: actionDocs.cancel,
  scope: 'operate',
  request: { params: oneMessage },
  answers: { 200: changed },
  problems: endpointProblems.cancelMessage,
  unknown: 'message-not-found',
  async handle(call, { messages }) {
    const result = await messages.cancel(call.params.id, { actor: actorOf(call) })
    if (result.kind !== 'canceled') return cancelProblem(result)
    return { status: 200, body: { message: toRow(result.message) } }
  },
})

/** Empties the text of a message, at Twilio and here. */
export const redactMessage = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/{id}/redact/',
  summary: 'Empty the text of a message',
  docs: actionDocs.redact,
  scope: 'operate',
  request: { params: oneMessage },
  answers: { 200: changed },
  problems: ['message-not-found', 'not-over', 'unavailable'],
  unknown: 'message-not-found',
  async handle(call, { messages }) {
    const result = await messages.redact(call.params.id, { actor: actorOf(call) })
    switch (result.kind) {
      case 'redacted':
        return { status: 200, body: { message: toRow(result.message) } }
      case 'message-not-found':
        return problem(result.kind)
      case 'not-over':
        return problem(result.kind, { detail: `It is ${result.status}.` })
      case 'unavailable':
        return problem('unavailable', { retryAfterSeconds: result.retryAfterSeconds })
    }
  },
})
