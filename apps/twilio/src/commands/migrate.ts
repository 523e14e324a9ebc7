import type { TwilioApp } from '../app.ts'
import { CommandError, createCommand, UsageError } from './command.ts'
import { configArg, openApp } from './config-file.ts'
import { jsonArg } from './server-args.ts'

/** `hsb-twilio migrate`: the database, brought up to date or looked at. */
export const migrateCommand = createCommand({
  name: 'hsb-twilio migrate',
  summary: 'Bring the database up to date',
  args: {
    config: configArg,
    status: { type: 'boolean', default: false, description: 'Only say what would be done' },
    'after-restore': {
      type: 'boolean',
      default: false,
      description: 'First thing on a restored backup: look up at Twilio what it says is unsent',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio migrate --config twilio.config.ts',
    'hsb-twilio migrate --config twilio.config.ts --status --json',
  ],
  async run(args) {
    if (args.status && args['after-restore']) {
      throw new UsageError("Options '--status' and '--after-restore' exclude each other")
    }
    const app = await openApp(args.config)
    try {
      const report = args.status ? await app.migrationStatus() : await app.migrate()
      const restored = args['after-restore'] ? { doubted: await doubt(app) } : {}
      const lines = args.json
        ? [JSON.stringify({ ...report, ...restored })]
        : [
            ...report.applied.map((name) => `applied  ${name}`),
            ...report.pending.map((name) => `pending  ${name}`),
            ...(report.pending.length === 0 ? ['up to date'] : []),
            ...Object.values(restored).map(
              (messages) => `${messages} messages will be looked up at Twilio before they are sent`,
            ),
          ]
      process.stdout.write(`${lines.join('\n')}\n`)
      return 0
    } finally {
      await app.stop()
    }
  },
})

async function doubt(app: TwilioApp): Promise<number> {
  const result = await app.afterRestore()
  if (result.kind === 'doubted') return result.messages
  throw new CommandError(
    `${result.workers} workers gave a sign of life within 15 s: stop them, then ask again`,
  )
}
