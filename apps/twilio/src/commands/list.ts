import { maskPhone } from '../domain/phone.ts'
import { createCommand, readNumber } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { filterArgs, readFilter, revealArg } from './message-args.ts'
import { jsonArg } from './server-args.ts'
import { paint, print, printJson, tell } from './terminal.ts'

/** `hsb-twilio list`: messages, the newest first. */
export const listCommand = createCommand({
  name: 'hsb-twilio list',
  summary: 'List messages, the newest first',
  args: {
    config: configArg,
    ...filterArgs,
    limit: { type: 'string', default: '20', valueHint: 'n', description: 'How many at most' },
    before: { type: 'string', valueHint: 'id', description: 'Go on after this one' },
    reveal: revealArg,
    json: jsonArg,
  },
  examples: [
    'hsb-twilio list --status FAILED,UNDELIVERED --since 24h',
    'hsb-twilio list --to +14155552671 --limit 100 --json',
  ],
  run(args) {
    const filter = readFilter(args)
    const limit = readNumber('limit', args.limit, 1, 1_000)
    const { before, reveal } = args
    return withDatabase(args.config, async (app) => {
      const page = before === undefined ? { limit } : { limit, before }
      const { messages, next } = await app.messages.list(filter, page)
      if (args.json) {
        const { toSMSLog } = await import('../routes/shapes.ts')
        const rows = messages.map(toSMSLog).map((row) => {
          return reveal ? row : { ...row, to_phone: maskPhone(row.to_phone), message: null }
        })
        printJson({ messages: rows, next: next ?? null })
        return 0
      }
      const { errorWords, phoneWord, statusWord } = await import('./message-words.ts')
      for (const message of messages) {
        const { id, createdAt, status, toPhone, errorCode } = message
        const cells = [
          id,
          paint('quiet', new Date(createdAt).toISOString()),
          statusWord(status),
          phoneWord(toPhone, reveal).padEnd(16),
          errorCode === undefined ? '' : errorWords(errorCode),
          reveal ? JSON.stringify(message.message) : '',
        ]
        print(
          cells
            .filter((cell, i) => cell !== '' || i < 4)
            .join('  ')
            .trimEnd(),
        )
      }
      if (messages.length === 0) tell('no such messages')
      if (next !== undefined) tell(`there are more: --before ${next}`)
      return 0
    })
  },
})
