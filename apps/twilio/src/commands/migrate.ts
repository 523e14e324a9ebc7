import type { TwilioApp } from '../app.ts'
import type { PlannedMigration } from '../storage/store.ts'
import { CommandError, createCommand, UsageError } from './command.ts'
import { configArg, withApp } from './config-file.ts'
import { jsonArg } from './server-args.ts'
import { show } from './terminal.ts'

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
    'after-restore': {
      type: 'boolean',
      default: false,
      description: 'First thing on a restored backup: look up at Twilio what it says is unsent',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio migrate --config twilio.config.ts',
    'hsb-twilio migrate --config twilio.config.ts --dry-run',
  ],
  async run(args) {
    const only = (['status', 'dry-run', 'after-restore'] as const).filter((flag) => args[flag])
    if (only.length > 1) {
      throw new UsageError(`Options '--${only.join("' and '--")}' exclude each other`)
    }
    return withApp(args.config, {}, async (app) => {
      if (args['dry-run']) {
        const plan = await app.migrationPlan()
        return show(args.json ? plan : planWords(plan))
      }
      const report = args.status ? await app.migrationStatus() : await app.migrate()
      const restored = args['after-restore'] ? { doubted: await doubt(app) } : {}
      if (args.json) return show({ ...report, ...restored })
      const lines = [
        ...report.applied.map((name) => `applied  ${name}`),
        ...report.pending.map((name) => `pending  ${name}`),
        ...(report.pending.length === 0 ? ['up to date'] : []),
        ...Object.values(restored).map(
          (messages) => `${messages} messages will be looked up at Twilio before they are sent`,
        ),
      ]
      return show(lines.join('\n'))
    })
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

async function doubt(app: TwilioApp): Promise<number> {
  const result = await app.afterRestore()
  if (result.kind === 'doubted') return result.messages
  throw new CommandError(
    `${result.workers} workers gave a sign of life within 15 s: stop them, then ask again`,
  )
}
