import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { codeOf, CommandError, createCommand, fieldsOf, UsageError } from './command.ts'
import {
  configFile,
  configText,
  environmentOf,
  type HostTemplate,
  hostTemplates,
} from './init-templates.ts'
import { createVerificationSecret } from './secret.ts'
import { jsonArg } from './server-args.ts'
import { canAsk, confirm, paint, print, printJson, tell } from './terminal.ts'

const hostNames = hostTemplates.map(({ name }) => name).join(', ')

/** What became of the file of settings. */
type Action = 'written' | 'kept' | 'proposed'

/** `hsb-twilio init`: settings for the program in this folder, and the lines that mount the app. */
export const initCommand = createCommand({
  name: 'hsb-twilio init',
  summary: 'Set up the project in this folder: writes twilio.config.ts, shows what else to add',
  args: {
    host: {
      type: 'string',
      valueHint: 'name',
      description: `One of ${hostNames} (default: as package.json says)`,
    },
    yes: { type: 'boolean', default: false, description: 'Writes without asking' },
    json: jsonArg,
  },
  examples: ['hsb-twilio init', 'hsb-twilio init --host hono --yes --json'],
  async run(args) {
    const host = args.host === undefined ? detectHost() : readHost(args.host)
    const secret = createVerificationSecret()
    const isThere = existsSync(configFile)
    if (!isThere && !args.json) printDiff()
    if (!isThere && !args.yes && !args.json && canAsk()) {
      if (!(await confirm(`Write ${configFile}?`))) {
        tell('nothing was written')
        return 1
      }
      return finish(host, secret, write(), args)
    }
    return finish(host, secret, isThere ? 'kept' : args.yes ? write() : 'proposed', args)
  },
})

/** Shows what is left to do; 2 where somebody would have had to be asked. */
function finish(
  host: HostTemplate,
  secret: string,
  action: Action,
  { json }: { json: boolean },
): number {
  if (json) {
    printJson({
      host: host.name,
      config: { path: configFile, action, content: action === 'kept' ? null : configText },
      mount: { file: host.file, lines: host.lines },
      environment: environmentOf(secret),
    })
  } else {
    print(stepsFor(host, secret))
  }
  if (action === 'kept') tell(`${configFile} is there already and was left as it is`)
  if (action === 'written')
    tell(`${configFile} was written; when it is filled in: hsb-twilio doctor`)
  if (action !== 'proposed') return 0
  tell('nothing was written, as nobody could be asked: --yes writes without asking')
  return 2
}

function printDiff(): void {
  const added = configText.trimEnd().split('\n')
  print(paint('strong', `--- /dev/null\n+++ ${configFile}`))
  for (const line of added) print(paint('good', `+${line}`))
  print('')
}

function stepsFor(host: HostTemplate, secret: string): string {
  const environment = Object.entries(environmentOf(secret))
  return [
    paint('strong', `${host.name}: ${host.file}`),
    '',
    ...host.lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    paint('strong', 'Environment, such as a .env that git ignores'),
    '',
    ...environment.map(([name, value]) => `  ${name}=${value}`),
  ].join('\n')
}

/** Writes the file unless there is one by now. */
function write(): Action {
  try {
    writeFileSync(configFile, configText, { flag: 'wx' })
    return 'written'
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'kept'
    throw new CommandError(`${configFile} cannot be written: ${codeOf(error)}`, { cause: error })
  }
}

function detectHost(): HostTemplate {
  const dependencies = readDependencies()
  const found = hostTemplates.find((one) => one.package && dependencies.has(one.package))
  return found ?? readHost('standalone')
}

function readHost(name: string): HostTemplate {
  const host = hostTemplates.find((one) => one.name === name)
  if (host) return host
  throw new UsageError(`Option '--host' must be one of ${hostNames}, not '${name}'`)
}

function readDependencies(): Set<string> {
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return new Set()
    throw new CommandError('package.json cannot be read: it is damaged or not readable', {
      cause: error,
    })
  }
  const fields = fieldsOf(manifest)
  const lists = [fields.get('dependencies'), fields.get('devDependencies')]
  return new Set(lists.flatMap((list) => Object.keys(list ?? {})))
}
