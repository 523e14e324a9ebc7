import { createCommand, readNumber } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { filterArgs, readFilter, revealArg, shownLog } from './message-args.ts'
import { jsonArg } from './server-args.ts'
import { paint, print, show, tell } from './terminal.ts'

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
        const rows = messages.map((message) => shownLog(toSMSLog(message), reveal))
        return show({ messages: rows, next: next ?? null })
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
