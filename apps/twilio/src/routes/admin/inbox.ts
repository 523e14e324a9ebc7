import { z } from 'zod'
import { hasPhoneShape } from '../../domain/phone.ts'
import { invalidPhone } from '../messages.ts'
import { problem } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { inboxDocs } from './inbox-docs.ts'
import { page, pageOf } from './queries.ts'
import { maskAddress, messageRow, time, toRow } from './shapes.ts'
import { actorOf, defineAdmin } from './tools.ts'

const conversation = z
  .strictObject({
    phone: z.string(),
    key: z.uuid().meta({ description: 'For the next call.' }),
    last_at: time,
    last_preview_hidden: z.literal(true),
    inbound: z.number().int().meta({ description: 'Counted up to 1,000.' }),
  })
  .meta({ id: 'Conversation' })

/** The phones that have written. */
export const listConversations = defineAdmin({
  method: 'GET',
  path: '/admin/api/conversations/',
  summary: 'List the phones that have written',
  docs: inboxDocs.conversations,
  scope: 'look',
  request: { query: z.strictObject(page) },
  answers: {
    200: z
      .strictObject({ conversations: z.array(conversation), next: z.string().nullable() })
      .meta({ id: 'Conversations' }),
  },
  problems: ['unavailable'],
  async handle({ query }, { browse }) {
    const { conversations, next } = await browse.conversations(pageOf(query))
    return {
      status: 200,
      body: {
        conversations: conversations.map(({ newest, inbound }) => ({
          phone: maskAddress(newest.fromPhone ?? ''),
          key: newest.id,
          last_at: toTime(newest.createdAt),
          last_preview_hidden: true as const,
          inbound,
        })),
        next: next ?? null,
      },
    }
  },
})

/** What was sent to one phone, and what it has written. */
export const getConversation = defineAdmin({
  method: 'GET',
  path: '/admin/api/conversations/{key}/',
  summary: 'Read the thread with one phone',
  docs: inboxDocs.conversation,
  scope: 'look',
  request: { params: z.strictObject({ key: z.uuid().toLowerCase() }) },
  answers: {
    200: z
      .strictObject({
        phone: z.string(),
        messages: z.array(
          messageRow.extend({ body_hidden: z.literal(true) }).meta({ id: 'ThreadMessage' }),
        ),
        opted_out: z.array(z.strictObject({ sender: z.string(), reason: z.string(), since: time })),
      })
      .meta({ id: 'Thread' }),
  },
  problems: ['message-not-found', 'unavailable'],
  unknown: 'message-not-found',
  async handle({ params }, { browse }) {
    const thread = await browse.thread(params.key)
    if (!thread) return problem('message-not-found')
    return {
      status: 200,
      body: {
        phone: maskAddress(thread.phone),
        messages: thread.messages.map((message) => ({
          ...toRow(message),
          body_hidden: true as const,
        })),
        opted_out: thread.optOuts.map(({ sender, reason, at }) => {
          return { sender: maskAddress(sender), reason, since: toTime(at) }
        }),
      },
    }
  },
})

const optOut = z
  .strictObject({
    key: z.string().meta({ description: 'For `opt-outs/remove/`.' }),
    phone: z.string(),
    sender: z.string().meta({ description: 'Empty: whoever sends.' }),
    source: z.enum(['recipient', 'carrier', 'host']),
    reason: z.string(),
    since: time,
  })
  .meta({ id: 'OptOut' })

const place = z.strictObject({ at: z.number(), phone: z.string(), sender: z.string() })

function readPlace(text: string | undefined): z.output<typeof place> | undefined {
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  return place.safeParse(value).data
}

/** The phones that want no texts. */
export const listOptOuts = defineAdmin({
  method: 'GET',
  path: '/admin/api/opt-outs/',
  summary: 'List the phones that want no texts',
  docs: inboxDocs.optOuts,
  scope: 'look',
  request: { query: z.strictObject(page) },
  answers: {
    200: z
      .strictObject({ opt_outs: z.array(optOut), next: z.string().nullable() })
      .meta({ id: 'OptOuts' }),
  },
  problems: ['invalid-query', 'unavailable'],
  async handle({ query }, { optOuts, seal }) {
    const { before, limit } = pageOf(query)
    const from = before === undefined ? undefined : readPlace(seal.open(before))
    if (before !== undefined && from === undefined) {
      return problem('invalid-query', { detail: 'before is none that was answered.' })
    }
    const found = await optOuts.list({ before: from, limit })
    const rows = found.map(({ at, phone, sender, source, reason }) => ({
      key: seal.close(JSON.stringify({ at, phone, sender })),
      phone: maskAddress(phone),
      sender: maskAddress(sender),
      source,
      reason,
      since: toTime(at),
    }))
    const next = rows.length < limit ? null : (rows.at(-1)?.key ?? null)
    return { status: 200, body: { opt_outs: rows, next } }
  },
})

/** Stops texts to a phone. */
export const addOptOut = defineAdmin({
  method: 'POST',
  path: '/admin/api/opt-outs/',
  summary: 'Stop texts to a phone',
  docs: inboxDocs.add,
  scope: 'operate',
  request: {
    body: z
      .strictObject({
        phone: z.string().min(1).max(64),
        sender: z.string().max(64).optional(),
        reason: z.string().min(1).max(200),
      })
      .meta({ id: 'AddOptOut' }),
  },
  answers: { 204: null },
  problems: ['invalid-phone', 'unavailable'],
  async handle(call, { optOuts }) {
    const { phone, sender, reason } = call.body
    if (!hasPhoneShape(phone)) return invalidPhone('phone')
    await optOuts.add(phone, reason, { actor: actorOf(call), sender: sender || undefined })
    return { status: 204 }
  },
})

/** Lets a phone be texted again. */
export const removeOptOut = defineAdmin({
  method: 'POST',
  path: '/admin/api/opt-outs/remove/',
  summary: 'Let a phone be texted again',
  docs: inboxDocs.remove,
  scope: 'operate',
  request: {
    body: z.strictObject({ key: z.string().min(1).max(400) }).meta({ id: 'RemoveOptOut' }),
  },
  answers: { 204: null },
  problems: ['not-found', 'unavailable'],
  async handle(call, { optOuts, seal }) {
    const found = readPlace(seal.open(call.body.key))
    if (found === undefined) return problem('not-found')
    const { phone, sender } = found
    const removed = await optOuts.remove(phone, { actor: actorOf(call), sender })
    return removed ? { status: 204 } : problem('not-found')
  },
})
