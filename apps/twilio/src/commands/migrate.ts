import type { PlannedMigration } from '../storage/store.ts'
import { createCommand } from './command.ts'
import { configArg, openApp } from './config-file.ts'
import { jsonArg } from './server-args.ts'
import { print, printJson } from './terminal.ts'

/** `hsb-twilio migrate`: the database, brought up to date or looked at. */
export const migrateCommand = createCommand({
  name: 'hsb-twilio migrate',
  summary: 'Bring the database up to date',
  args: {
    config: configArg,
    status: { type: 'boolean', default: false, description: 'Only say what would be done' },
    'dry-run': {
      type: 'boolean',
      default: false,
      description: 'Only print the SQL that would be run, each migration in a transaction',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio migrate --config twilio.config.ts',
    'hsb-twilio migrate --config twilio.config.ts --dry-run',
  ],
  async run(args) {
    const app = await openApp(args.config)
    try {
      if (args['dry-run']) {
        const plan = await app.migrationPlan()
        if (args.json) printJson(plan)
        else print(planWords(plan))
        return 0
      }
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

/** A script to read, with what the program itself adds around each migration. */
function planWords(plan: readonly PlannedMigration[]): string {
  if (plan.length === 0) return '-- up to date'
  return plan
    .map(({ name, statements }) =>
      [`-- ${name}`, ...statements.map((statement) => `${statement};`)].join('\n'),
    )
    .join('\n\n')
}
