import manifest from '../package.json' with { type: 'json' }
import { type Command, UsageError, withExamples } from './commands/command.ts'

/**
 * Commands are loaded when they are asked for. A word with words below it is a group; what stands at
 * the empty word runs when none of them follows.
 */
type Commands = { readonly [word: string]: (() => Promise<Command>) | Commands }

const commands: Commands = {
  dev: async () => (await import('./commands/dev.ts')).devCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  tail: async () => (await import('./commands/tail.ts')).tailCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  openapi: async () => (await import('./commands/openapi.ts')).openApiCommand,
  secret: async () => (await import('./commands/secret.ts')).secretCommand,
  simulate: {
    '': async () => (await import('./commands/simulate.ts')).simulateCommand,
    inbound: async () => (await import('./commands/simulate-control.ts')).inboundCommand,
    fault: async () => (await import('./commands/simulate-control.ts')).faultCommand,
  },
  verify: {
    start: async () => (await import('./commands/verify.ts')).startVerificationCommand,
    check: async () => (await import('./commands/verify.ts')).checkVerificationCommand,
  },
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
  const own = path.length > 0 && Object.hasOwn(group, '') ? group[''] : undefined
  if (typeof own === 'function' && (word === undefined || word.startsWith('-'))) {
    const command = await own()
    if (asksForHelp(argv)) return print(await withSubcommands(command, group))
    return command.run(argv)
  }
  if (word === '--help' || word === '-h') return print(await groupHelp(group, path))
  if (path.length === 0 && (word === '--version' || word === '-v')) return print(manifest.version)
  if (word === undefined) throw new UsageError('a command is missing')
  const next = Object.hasOwn(group, word) ? group[word] : undefined
  if (next === undefined) {
    throw new UsageError(`there is no ${word.startsWith('-') ? 'option' : 'command'} '${word}'`)
  }
  path.push(word)
  if (typeof next !== 'function') return dispatch(next, rest, path)
  return runCommand(await next(), rest)
}

async function runCommand(command: Command, argv: string[]): Promise<number> {
  return asksForHelp(argv) ? print(await command.help()) : command.run(argv)
}

function asksForHelp(argv: string[]): boolean {
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  return flags.includes('--help') || flags.includes('-h')
}

/** Every command with its words, in the order of the help. */
export async function listCommands(
  group: Commands = commands,
): Promise<{ words: string; command: Command }[]> {
  const lists = Object.entries(group).map(async ([word, one]) => {
    if (typeof one === 'function') return [{ words: word, command: await one() }]
    const inside = await listCommands(one)
    return inside.map(({ words, command }) => ({ words: `${word} ${words}`.trimEnd(), command }))
  })
  return (await Promise.all(lists)).flat()
}

/** The help of a command that has others below it. */
async function withSubcommands(command: Command, group: Commands): Promise<string> {
  const below = (await listCommands(group)).filter(({ words }) => words !== '')
  const width = Math.max(...below.map(({ words }) => words.length))
  const lines = below.map((one) => `  ${one.words.padStart(width)}    ${one.command.summary}`)
  const help = await command.help()
  return help.replace('\nEXAMPLES\n', () =>
    ['', 'COMMANDS', '', ...lines, '', 'EXAMPLES', ''].join('\n'),
  )
}

async function groupHelp(group: Commands, path: string[]): Promise<string> {
  const { renderUsage } = await import('citty')
  const subCommands: Record<string, { meta: { description: string } }> = {}
  for (const [word, one] of Object.entries(group)) {
    subCommands[word] = { meta: { description: await summaryOf(one) } }
  }
  const name = [program, ...path].join(' ')
  const { version, description } = manifest
  const usage = await renderUsage({ meta: { name, version, description }, subCommands })
  const [first = '', second = ''] = path.length === 0 ? ['dev', 'serve'] : Object.keys(group)
  return withExamples(usage, [
    `${name} ${first}${path.length === 0 ? '' : ' --help'}`,
    `${name} ${second} --help`,
  ])
}

async function summaryOf(one: Commands[string]): Promise<string> {
  if (typeof one === 'function') return (await one()).summary
  const own = one['']
  if (typeof own === 'function') return (await own()).summary
  return Object.keys(one).join(', ')
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
