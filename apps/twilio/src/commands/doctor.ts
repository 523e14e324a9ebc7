import { existsSync, readFileSync } from 'node:fs'
import type { Settings } from '../config.ts'
import type { Finding } from './doctor/finding.ts'
import { codeOf, CommandError, createCommand } from './command.ts'
import { configArg, loadConfig } from './config-file.ts'
import { jsonArg } from './server-args.ts'
import { harmless, mark, paint, print, printJson } from './terminal.ts'

/** `hsb-twilio doctor`: looks at everything that messages need, from here to Twilio and back. */
export const doctorCommand = createCommand({
  name: 'hsb-twilio doctor',
  summary: 'Look for what is wrong: settings, database, Twilio, webhook; sends nothing',
  args: {
    config: configArg,
    callback: {
      type: 'string',
      valueHint: 'file',
      description:
        'Says why this callback was refused: JSON of sms.callbacks.refused(), an HTTP request or a curl line; - reads stdin',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio doctor --config twilio.config.ts',
    'hsb-twilio doctor --callback refused.json --json',
  ],
  async run(args) {
    const { settings, findings } = await checkSettings(args.config)
    const rest =
      settings === undefined
        ? []
        : args.callback === undefined
          ? await checkAll(settings)
          : await checkCallback(settings, args.callback)
    return tell([...findings, ...rest], args)
  },
})

async function checkSettings(
  file: string,
): Promise<{ settings: Settings | undefined; findings: Finding[] }> {
  const [{ readSettings, TwilioSettingsError }, { bad, good }] = await Promise.all([
    import('../config.ts'),
    import('./doctor/finding.ts'),
  ])
  try {
    const settings = readSettings(await loadConfig(file))
    return { settings, findings: [good('settings', file)] }
  } catch (error) {
    if (error instanceof CommandError) {
      const advice = existsSync(file) ? undefined : 'hsb-twilio init writes one'
      return { settings: undefined, findings: [bad('settings', error.message, advice)] }
    }
    if (!(error instanceof TwilioSettingsError)) throw error
    const findings = error.problems.map(({ setting, message }) =>
      bad('settings', `${setting || file}: ${message}`),
    )
    return { settings: undefined, findings }
  }
}

async function checkAll(settings: Settings): Promise<Finding[]> {
  const [{ checkNode }, { checkDatabase }, { checkTwilio }, { checkWebhook }] = await Promise.all([
    import('./doctor/node-check.ts'),
    import('./doctor/database-check.ts'),
    import('./doctor/twilio-checks.ts'),
    import('./doctor/webhook-check.ts'),
  ])
  const [database, twilio, webhook] = await Promise.all([
    checkDatabase(settings.database),
    checkTwilio(settings),
    checkWebhook(settings),
  ])
  const node = checkNode(process.version, process.versions['sqlite'])
  return [node, ...database, ...twilio, ...webhook]
}

async function checkCallback(settings: Settings, file: string): Promise<Finding[]> {
  const [{ readCallbacks }, { describeDiagnosis }, { diagnoseCallback }] = await Promise.all([
    import('./doctor/callback-input.ts'),
    import('./doctor/callback-words.ts'),
    import('../provider/callback-diagnosis.ts'),
  ])
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${codeOf(error)}`, { cause: error })
  }
  const callbacks = readCallbacks(text)
  if (callbacks.length === 0) {
    throw new CommandError(`${file} holds no callback: JSON, an HTTP request or a curl line`)
  }
  return callbacks.flatMap((one) => describeDiagnosis(diagnoseCallback(settings, one), settings))
}

/** Shows what was found; 1 where something is wrong. */
function tell(findings: readonly Finding[], { json }: { json: boolean }): number {
  const problems = findings.filter(({ state }) => state === 'bad').length
  if (json) {
    printJson({ problems, findings })
  } else {
    for (const { check, state, words, advice } of findings) {
      print(`${mark(state)} ${check.padEnd(10)}  ${harmless(words)}`)
      if (advice !== undefined) print(`  ${paint('quiet', '→')} ${harmless(advice)}`)
    }
    print(problems === 0 ? 'no problems' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`)
  }
  return problems === 0 ? 0 : 1
}
