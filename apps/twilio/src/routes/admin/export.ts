import { z } from 'zod'
import { csvLine } from '../../domain/csv.ts'
import type { Message } from '../../domain/message.ts'
import { toSMSLog } from '../shapes.ts'
import { filterOf, filters } from './queries.ts'
import { actorOf, type AdminTools, defineAdmin } from './tools.ts'

const mostRows = 100_000
const pageSize = 500
const columns = [
  ...(['id', 'created_at', 'status', 'direction', 'channel', 'to_phone', 'from_phone'] as const),
  ...(['message', 'error_code', 'num_segments', 'price', 'price_unit'] as const),
  ...(['provider_msg_id', 'attempts', 'resend_of', 'send_at', 'updated_at'] as const),
] as const

/** Writes messages as CSV, phones and texts in full. */
export const exportMessages = defineAdmin({
  method: 'POST',
  path: '/admin/api/messages/export/',
  summary: 'Take messages as CSV',
  docs: {
    tag: 'Messages',
    description:
      'Phones and texts in full, newest first, and written down in the audit log. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
    requests: {
      failed: {
        summary: 'What failed for one reason',
        value: { status: 'FAILED', error: '30003' },
      },
    },
    answers: {
      200: {
        description: 'CSV (RFC 4180) with a line of names.',
        headers: ['Content-Disposition'],
        contentType: 'text/csv',
        examples: { csv: { summary: 'How it begins', value: 'id,created_at,status' } },
      },
    },
  },
  scope: 'operate',
  request: {
    body: z
      .strictObject({ ...filters, limit: z.number().int().min(1).max(mostRows).optional() })
      .meta({ id: 'ExportMessages' }),
  },
  answers: { 200: z.unknown().meta({ type: 'string' }) },
  problems: ['unavailable'],
  async handle(call, { browse }) {
    const { limit = mostRows, ...filter } = call.body
    const detail = { limit: String(limit), ...asText(filter) }
    await browse.noteExport(detail, actorOf(call))
    return {
      status: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="messages.csv"',
      },
      body: streamOf(browse, filterOf(filter), limit),
    }
  },
})

/** The filter as the audit log shows it: what a person looked for may be somebody's number. */
function asText(filter: Record<string, unknown>): Record<string, string> {
  const shown = Object.entries(filter).filter(
    ([name, value]) => value !== undefined && name !== 'q',
  )
  const texts = shown.map(([name, value]): [string, string] => [
    name,
    value instanceof Date ? value.toISOString() : String(value),
  ])
  return Object.fromEntries(filter['q'] === undefined ? texts : [...texts, ['q', 'given']])
}

/** One page at a time, as fast as whoever takes it reads. */
function streamOf(
  browse: AdminTools['browse'],
  filter: Parameters<AdminTools['browse']['messages']>[0],
  limit: number,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let left = limit
  let before: string | undefined
  return new ReadableStream({
    start(controller) {
      // A spreadsheet takes a file without this mark for Latin-1.
      controller.enqueue(encoder.encode(`\uFEFF${csvLine(columns)}`))
    },
    async pull(controller) {
      for (;;) {
        const size = Math.min(pageSize, left)
        const { messages, next } = await browse.messages(filter, { before, limit: size })
        left -= messages.length
        before = next
        const isEnd = next === undefined || left === 0
        if (messages.length > 0) {
          controller.enqueue(encoder.encode(messages.map(lineOf).join('')))
        }
        if (isEnd) controller.close()
        if (isEnd || messages.length > 0) return
      }
    },
  })
}

function lineOf(message: Message): string {
  const row = toSMSLog(message)
  return csvLine(columns.map((name) => row[name]))
}
