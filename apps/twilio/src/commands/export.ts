import { once } from 'node:events'
import type { Message } from '../domain/message.ts'
import { createCommand, readChoice } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { csvLine } from '../domain/csv.ts'
import { filterArgs, readFilter } from './message-args.ts'
import { jsonArg } from './server-args.ts'
import { tell } from './terminal.ts'

const pageSize = 500
const formats = ['csv', 'ndjson'] as const

/** `hsb-twilio export`: messages for spreadsheets and programs. */
export const exportCommand = createCommand({
  name: 'hsb-twilio export',
  summary: 'Write messages to stdout, phones and texts in full, the newest first',
  args: {
    config: configArg,
    ...filterArgs,
    format: {
      type: 'string',
      default: 'csv',
      valueHint: formats.join('|'),
      description: 'csv is safe to open in a spreadsheet',
    },
    json: { ...jsonArg, description: 'The same as --format ndjson' },
  },
  examples: [
    'hsb-twilio export --since 7d > week.csv',
    'hsb-twilio export --status FAILED --format ndjson > failed.ndjson',
  ],
  run(args) {
    const filter = readFilter(args)
    const format = args.json ? 'ndjson' : readChoice('format', args.format, formats)
    return withDatabase(args.config, async (app) => {
      const { toSMSLog } = await import('../routes/shapes.ts')
      const line = (message: Message) => {
        const row = toSMSLog(message)
        if (format === 'ndjson') return `${JSON.stringify(row)}\n`
        const metadata = row.metadata === null ? null : JSON.stringify(row.metadata)
        return csvLine(columns.map((name) => (name === 'metadata' ? metadata : row[name])))
      }
      if (format === 'csv') await write(csvLine(columns))
      let written = 0
      let before: string | undefined
      do {
        const page = before === undefined ? { limit: pageSize } : { limit: pageSize, before }
        const { messages, next } = await app.messages.list(filter, page)
        await write(messages.map(line).join(''))
        written += messages.length
        before = next
      } while (before !== undefined)
      tell(`${written} messages`)
      return 0
    })
  },
})

const columns = [
  ...(['id', 'created_at', 'status', 'to_phone', 'from_phone', 'message'] as const),
  ...(['error_code', 'num_segments', 'price', 'price_unit', 'provider_msg_id'] as const),
  ...(['messaging_service_sid', 'attempts', 'metadata', 'send_at', 'expires_at'] as const),
  ...(['last_event_time', 'updated_at', 'channel', 'direction'] as const),
] as const

/** Waits while whoever reads it is slower: a million messages do not fit into memory. */
async function write(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
}
