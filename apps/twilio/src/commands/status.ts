import { isId } from '../domain/id.ts'
import { CommandError, createCommand, UsageError } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { revealArg, shownLog } from './message-args.ts'
import { jsonArg } from './server-args.ts'
import { print, show } from './terminal.ts'

/** `hsb-twilio status`: one message and what happened to it. */
export const statusCommand = createCommand({
  name: 'hsb-twilio status',
  summary: 'Show one message and everything that happened to it',
  args: {
    id: { type: 'positional', required: true, description: 'As shown by send and list' },
    config: configArg,
    reveal: revealArg,
    json: jsonArg,
  },
  examples: [
    'hsb-twilio status 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a',
    'hsb-twilio status 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a --config twilio.config.ts --json',
  ],
  run(args) {
    const { id, reveal } = args
    if (!isId(id)) throw new UsageError(`'${id}' is no id of a message`)
    return withDatabase(args.config, async (app) => {
      const found = await app.messages.get(id)
      if (!found) throw new CommandError(`there is no message with the id ${id}`)
      if (!args.json) {
        const { messageLines } = await import('./message-words.ts')
        for (const line of messageLines(found, { reveal })) print(line)
        return 0
      }
      const { toSMSEvent, toSMSLog } = await import('../routes/shapes.ts')
      const log = shownLog(toSMSLog(found.message), reveal)
      return show({ ...log, events: found.events.map(toSMSEvent) })
    })
  },
})
