import { rankOf } from '../domain/message.ts'
import type { SendResult } from '../services/messages.ts'
import { createCommand, readNumber } from './command.ts'
import { configArg, openApp } from './config-file.ts'
import { jsonArg } from './server-args.ts'

type Refusal = Exclude<SendResult, { kind: 'accepted' }>

/** `hsb-twilio send`: one message, from the terminal. */
export const sendCommand = createCommand({
  name: 'hsb-twilio send',
  summary: 'Send one message',
  args: {
    config: configArg,
    to: { type: 'string', required: true, valueHint: 'phone', description: 'E.164: +14155552671' },
    message: { type: 'string', required: true, valueHint: 'text', description: 'The text' },
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
    json: jsonArg,
  },
  examples: [
    'hsb-twilio send --config twilio.config.ts --to +14155552671 --message "Your order is on its way"',
    'hsb-twilio send --to +14155552671 --message Hi --wait 0 --idempotency-key order-17 --json',
  ],
  async run(args) {
    const waitMs = readNumber('wait', args.wait, 0, 600) * 1_000
    const { createLog } = await import('../log.ts')
    const logger = await createLog({ pretty: process.stderr.isTTY, level: 'warn' })
    const app = await openApp(args.config, { logger, worker: waitMs > 0 ? 'background' : 'manual' })
    try {
      await app.start()
      const result = await app.messages.send({
        toPhone: args.to,
        message: args.message,
        fromPhone: args.from,
        idempotencyKey: args['idempotency-key'],
        caller: 'cli',
      })
      if (result.kind !== 'accepted') {
        await printRefusal(result, args)
        return 1
      }
      const { id } = result.message
      const message = (await app.messages.whenAnswered(id, waitMs)) ?? result.message
      const { toSMSLog } = await import('../routes/shapes.ts')
      const code = message.errorCode === undefined ? '' : ` ${message.errorCode}`
      process.stdout.write(
        args.json ? `${JSON.stringify(toSMSLog(message))}\n` : `${id} ${message.status}${code}\n`,
      )
      if (rankOf[message.status] < rankOf.ACCEPTED) {
        process.stderr.write(
          'not answered yet: it is kept, and sent by whatever worker runs next\n',
        )
      }
      return ['FAILED', 'UNDELIVERED', 'CANCELED', 'EXPIRED'].includes(message.status) ? 1 : 0
    } finally {
      await app.stop()
    }
  },
})

/** In the words of the API, so that what is known of one is true of the other. */
async function printRefusal(refusal: Refusal, { json }: { json: boolean }): Promise<void> {
  const { problems } = await import('../routes/problems.ts')
  const { title } = problems[refusal.kind]
  const detail = detailOf(refusal)
  if (json) process.stdout.write(`${JSON.stringify({ code: refusal.kind, title, detail })}\n`)
  process.stderr.write(`hsb-twilio: ${refusal.kind}: ${title}${detail ? ` ${detail}` : ''}\n`)
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
      return `Try again in ${refusal.retryAfterSeconds} s.`
    case 'opted-out':
    case 'idempotency-key-reused':
    case 'unavailable':
      return undefined
  }
}
