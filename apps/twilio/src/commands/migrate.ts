import { createCommand } from './command.ts'
import { configArg, openApp } from './config-file.ts'
import { jsonArg } from './server-args.ts'

/** `hsb-twilio migrate`: the database, brought up to date or looked at. */
export const migrateCommand = createCommand({
  name: 'hsb-twilio migrate',
  summary: 'Bring the database up to date',
  args: {
    config: configArg,
    status: { type: 'boolean', default: false, description: 'Only say what would be done' },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio migrate --config twilio.config.ts',
    'hsb-twilio migrate --config twilio.config.ts --status --json',
  ],
  async run(args) {
    const app = await openApp(args.config)
    try {
      const report = args.status ? await app.migrationStatus() : await app.migrate()
      const lines = args.json
        ? [JSON.stringify(report)]
        : [
            ...report.applied.map((name) => `applied  ${name}`),
            ...report.pending.map((name) => `pending  ${name}`),
            ...(report.pending.length === 0 ? ['up to date'] : []),
          ]
      process.stdout.write(`${lines.join('\n')}\n`)
      return 0
    } finally {
      await app.stop()
    }
  },
})
