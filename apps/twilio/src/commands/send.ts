import { rankOf } from '../domain/message.ts'
import type { SendResult } from '../services/messages.ts'
import { createCommand, readNumber, UsageError } from './command.ts'
import { configArg, withApp } from './config-file.ts'
import { tellRefusal, waitWords } from './refusal.ts'
import { jsonArg } from './server-args.ts'
import { print, printJson, tell } from './terminal.ts'

type Refusal = Exclude<SendResult, { kind: 'accepted' }>

/** `hsb-twilio send`: one message, or one for each row of a file. */
export const sendCommand = createCommand({
  name: 'hsb-twilio send',
  summary: 'Send one message, or one for each row of a CSV file',
  args: {
    config: configArg,
    to: { type: 'string', valueHint: 'phone', description: 'E.164: +14155552671' },
    message: { type: 'string', valueHint: 'text', description: 'The text' },
    from: { type: 'string', valueHint: 'sender', description: 'Default: twilio.defaultFrom' },
    'idempotency-key': {
      type: 'string',
      valueHint: 'key',
      description: 'A repetition with the same key sends nothing',
    },
    wait: {
      type: 'string',
      default: '10',
      valueHint: 'seconds',
      description:
        'How long to wait for the answer of the carrier; 0 leaves sending to your server',
    },
    csv: {
      type: 'string',
      valueHint: 'file',
      description: 'One message a row: columns to_phone and message, or those of --template',
    },
    template: {
      type: 'string',
      valueHint: 'text',
      description: 'The text of each row: "Hi {name}" takes the column name',
    },
    results: {
      type: 'string',
      valueHint: 'file',
      description: 'What became of each row (default: FILE.results.csv)',
    },
    'dry-run': {
      type: 'boolean',
      default: false,
      description: 'With --csv: count the segments and find mistakes, send nothing',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio send --to +14155552671 --message "Your order is on its way"',
    'hsb-twilio send --csv people.csv --template "Hi {name}, we open at nine." --dry-run',
  ],
  async run(args) {
    if (args.csv !== undefined) return sendFile(args, args.csv)
    const { to, message: text } = args
    for (const name of ['template', 'results', 'dry-run'] as const) {
      if (args[name]) throw new UsageError(`Option '--${name}' needs --csv`)
    }
    if (to === undefined || text === undefined) {
      throw new UsageError('send needs --to and --message, or --csv')
    }
    const waitMs = readNumber('wait', args.wait, 0, 600) * 1_000
    const worker = waitMs > 0 ? 'background' : 'manual'
    return withApp(args.config, { logLevel: 'warn', worker }, async (app) => {
      await app.start()
      const result = await app.messages.send({
        toPhone: to,
        message: text,
        fromPhone: args.from,
        idempotencyKey: args['idempotency-key'],
        caller: 'cli',
      })
      if (result.kind !== 'accepted') {
        return tellRefusal({ code: result.kind, detail: detailOf(result), json: args.json })
      }
      const { id } = result.message
      const message = (await app.messages.whenAnswered(id, waitMs)) ?? result.message
      const { toSMSLog } = await import('../routes/shapes.ts')
      const code = message.errorCode === undefined ? '' : ` ${message.errorCode}`
      if (args.json) printJson(toSMSLog(message))
      else print(`${id} ${message.status}${code}`)
      if (rankOf[message.status] < rankOf.ACCEPTED) {
        tell('not answered yet: it is kept, and sent by whatever worker runs next')
      }
      return ['FAILED', 'UNDELIVERED', 'CANCELED', 'EXPIRED'].includes(message.status) ? 1 : 0
    })
  },
})

interface FileArgs {
  config: string
  to?: string | undefined
  message?: string | undefined
  from?: string | undefined
  'idempotency-key'?: string | undefined
  template?: string | undefined
  results?: string | undefined
  'dry-run': boolean
  json: boolean
}

async function sendFile(args: FileArgs, csv: string): Promise<number> {
  for (const name of ['to', 'message', 'idempotency-key'] as const) {
    if (args[name] !== undefined)
      throw new UsageError(`Options '--csv' and '--${name}' exclude each other`)
  }
  const { sendCsv } = await import('./send-csv.ts')
  const { config, template, from, results, json } = args
  return sendCsv({ config, csv, template, from, results, dryRun: args['dry-run'], json })
}

function detailOf(refusal: Refusal): string | undefined {
  switch (refusal.kind) {
    case 'invalid-message':
      return `${refusal.field}: ${refusal.detail}`
    case 'invalid-phone':
      return `${refusal.field} must be E.164, such as +14155552671`
    case 'destination-not-allowed':
      return refusal.country
    case 'throttled':
      return waitWords(refusal.retryAfterSeconds)
    case 'opted-out':
    case 'idempotency-key-reused':
    case 'unavailable':
      return undefined
  }
}
