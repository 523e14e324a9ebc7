import manifest from '../package.json' with { type: 'json' }
import { type Command, UsageError, withExamples } from './commands/command.ts'

/** Commands are loaded when they are asked for; a word without a command of its own is a group. */
type Commands = { readonly [word: string]: (() => Promise<Command>) | Commands }

const commands: Commands = {
  dev: async () => (await import('./commands/dev.ts')).devCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  keys: {
    create: async () => (await import('./commands/keys.ts')).createKeyCommand,
    list: async () => (await import('./commands/keys.ts')).listKeysCommand,
    revoke: async () => (await import('./commands/keys.ts')).revokeKeyCommand,
  },
  admins: {
    add: async () => (await import('./commands/admins.ts')).addAdminCommand,
    list: async () => (await import('./commands/admins.ts')).listAdminsCommand,
    role: async () => (await import('./commands/admins.ts')).setRoleCommand,
    password: async () => (await import('./commands/admins.ts')).setPasswordCommand,
    remove: async () => (await import('./commands/admins.ts')).removeAdminCommand,
  },
}

const program = 'hsb-twilio'

/** Runs one line of the user's and answers the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(argv: string[]): Promise<number> {
  // The reader of a pipe may have gone, as in `… keys list | head -1`: that is no failure.
  process.stdout.on('error', () => process.exit(0))
  process.once('uncaughtException', (error) => {
    process.stderr.write(`${describeCrash(error)}\n`)
    process.exit(1)
  })
  const path: string[] = []
  try {
    return await dispatch(commands, argv, path)
  } catch (error) {
    if (error instanceof UsageError) {
      const name = [program, ...path].join(' ')
      process.stderr.write(`${program}: ${error.message}\nTry: ${name} --help\n`)
      return 2
    }
    const isPlain = error instanceof Error && plainErrors.has(error.name)
    process.stderr.write(`${isPlain ? `${program}: ${error.message}` : describeCrash(error)}\n`)
    return 1
  }
}

// Known by name: importing the classes would load the whole app for every --help.
const plainErrors = new Set([
  'CommandError',
  'ListenError',
  'StorageError',
  'TwilioAppError',
  'TwilioSettingsError',
])

async function dispatch(group: Commands, argv: string[], path: string[]): Promise<number> {
  const [word, ...rest] = argv
  if (word === '--help' || word === '-h') return print(await groupHelp(group, path))
  if (path.length === 0 && (word === '--version' || word === '-v')) return print(manifest.version)
  if (word === undefined) throw new UsageError('a command is missing')
  const next = Object.hasOwn(group, word) ? group[word] : undefined
  if (next === undefined) {
    throw new UsageError(`there is no ${word.startsWith('-') ? 'option' : 'command'} '${word}'`)
  }
  path.push(word)
  if (typeof next !== 'function') return dispatch(next, rest, path)
  const command = await next()
  const flags = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (flags.includes('--help') || flags.includes('-h')) return print(await command.help())
  return command.run(rest)
}

async function groupHelp(group: Commands, path: string[]): Promise<string> {
  const { renderUsage } = await import('citty')
  const subCommands: Record<string, { meta: { description: string } }> = {}
  for (const [word, one] of Object.entries(group)) {
    const description =
      typeof one === 'function' ? (await one()).summary : Object.keys(one).join(', ')
    subCommands[word] = { meta: { description } }
  }
  const name = [program, ...path].join(' ')
  const { version, description } = manifest
  const usage = await renderUsage({ meta: { name, version, description }, subCommands })
  const examples = path.length === 0 ? [`${program} dev`, `${program} serve --help`] : []
  return withExamples(
    usage,
    examples.length > 0 ? examples : [`${name} list`, `${name} create --help`],
  )
}

function print(text: string): number {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return 0
}

/** A bug of ours: what and where, without the message, which may quote a text, a number or a secret. */
function describeCrash(error: unknown): string {
  if (!(error instanceof Error)) return `${program}: unexpected error: ${typeof error}`
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : ''
  return [`${program}: unexpected error: ${error.name}${code}`, ...frames.slice(0, 8)].join('\n')
}
