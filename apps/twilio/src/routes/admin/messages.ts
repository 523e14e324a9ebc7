import { z } from 'zod'
import { oneMessage } from '../bodies.ts'
import { problem } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { messagesDocs } from './messages-docs.ts'
import { filterOf, filters, page, pageOf } from './queries.ts'
import {
  actions,
  actionsOf,
  messageDetail,
  messageEvent,
  messageRow,
  time,
  toDetail,
  toEvent,
  toRow,
} from './shapes.ts'
import { actorOf, defineAdmin, mayOperate } from './tools.ts'

/** Looks for messages. */
export const listMessages = defineAdmin({
  method: 'GET',
  path: '/admin/api/messages/',
  summary: 'Look for messages',
  docs: messagesDocs.list,
  scope: 'look',
  request: { query: z.strictObject({ ...filters, ...page }) },
  answers: {
    200: z
      .strictObject({ messages: z.array(messageRow), next: z.string().nullable() })
      .meta({ id: 'MessageRows' }),
  },
  problems: ['unavailable'],
  async handle({ query: { before, limit, ...filter } }, { browse }) {
    const found = await browse.messages(filterOf(filter), pageOf({ before, limit }))
    return {
      status: 200,
      body: { messages: found.messages.map(toRow), next: found.next ?? null },
    }
  },
})

const panel = z
  .strictObject({
    message: messageDetail,
    events: z.array(messageEvent),
    error: z
      .strictObject({
        code: z.number().int(),
        meaning: z.string().nullable(),
        class: z.string(),
        advice: z.string().meta({ description: 'Markdown.' }),
      })
      .nullable(),
    actions: z.array(z.enum(actions)).meta({ description: 'What you may do to it now.' }),
    resends: z.array(z.uuid()),
    refused_callbacks: z.array(z.strictObject({ at: time, diagnosis: z.array(z.string()) })).meta({
      description: 'Of the last ones to this process that were refused for their signature.',
    }),
  })
  .meta({ id: 'MessagePanel' })

/** Tells everything about one message but its text. */
export const getMessage = defineAdmin({
  method: 'GET',
  path: '/admin/api/messages/{id}/',
  summary: 'Read a message and what happened to it',
  docs: messagesDocs.get,
  scope: 'look',
  request: { params: oneMessage },
  answers: { 200: panel },
  problems: ['message-not-found', 'unavailable'],
  unknown: 'message-not-found',
  async handle(call, { browse, errorWords, refusedCallbacks, diagnose }) {
    const found = await browse.message(call.params.id)
    if (!found) return problem('message-not-found')
    const { message, events, resends } = found
    return {
      status: 200,
      body: {
        message: toDetail(message),
        events: events.map(toEvent),
        error: message.errorCode === undefined ? null : errorWords(message.errorCode),
        actions: mayOperate(call) ? actionsOf(message) : [],
        resends,
        refused_callbacks: refusedCallbacks()
          .filter(({ body }) => sidOf(body) === message.providerMsgId)
          .map((one) => ({ at: toTime(one.receivedAt), diagnosis: diagnose(one) })),
      },
    }
  },
})

/** Which message a callback speaks of; whether it is true is another question. */
function sidOf(body: string): string | null {
  return new URLSearchParams(body).get('MessageSid')
}

const revealed = z
  .strictObject({
    to_phone: z.string(),
    from_phone: z.string().nullable(),
    message: z.string().meta({ description: 'A code in it stays masked.' }),
    metadata: z.record(z.string(), z.string()).nullable(),
    media_urls: z.array(z.string()),
  })
  .meta({ id: 'RevealedMessage' })

/** Shows the text and the numbers of one message. */
export const revealMessage = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/{id}/reveal/',
  summary: 'Show the text and the numbers of a message',
  docs: messagesDocs.reveal,
  scope: 'operate',
  request: { params: oneMessage },
  answers: { 200: revealed },
  problems: ['message-not-found', 'unavailable'],
  unknown: 'message-not-found',
  async handle(call, { browse }) {
    const message = await browse.reveal(call.params.id, actorOf(call))
    if (!message) return problem('message-not-found')
    return {
      status: 200,
      body: {
        to_phone: message.toPhone,
        from_phone: message.fromPhone ?? null,
        message: message.message,
        metadata: message.metadata ?? null,
        media_urls: [...message.mediaUrls],
      },
    }
  },
})
