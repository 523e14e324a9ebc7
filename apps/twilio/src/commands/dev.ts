import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { codeOf, CommandError, createCommand, readChoice } from './command.ts'
import { type DevCredentialsFile, newCredentials, openDevCredentials } from './dev-credentials.ts'
import { startDevServer } from './dev-server.ts'
import { devWords } from './dev-words.ts'
import { hostArg, jsonArg, logLevelArg, portArg, readLogLevel, readPort } from './server-args.ts'
import { untilStopped } from './stop-signals.ts'

const backends = ['twilio-verify', 'own-codes'] as const

/** `hsb-twilio dev`: everything at once, with no account and nothing to pay. */
export const devCommand = createCommand({
  name: 'hsb-twilio dev',
  summary: 'Try everything without an account: the API and a simulated Twilio',
  args: {
    port: portArg('4400'),
    host: { ...hostArg, description: 'The address to listen on' },
    'simulator-port': {
      type: 'string',
      valueHint: 'port',
      description: 'Where the simulated Twilio listens (default: the next one, or any free one)',
    },
    data: {
      type: 'string',
      valueHint: 'folder',
      description:
        'Keeps database and credentials (default: a temporary folder, removed at the end)',
    },
    backend: {
      type: 'string',
      default: 'twilio-verify',
      valueHint: backends.join('|'),
      description: 'Who makes verification codes',
    },
    'log-level': logLevelArg,
    json: { ...jsonArg, description: 'Print one line of JSON when ready, and nothing else' },
  },
  examples: ['hsb-twilio dev', 'hsb-twilio dev --port 4400 --data ./dev-data --json'],
  async run(args) {
    const port = readPort('port', args.port)
    const level = readLogLevel(args['log-level'])
    const asked = args['simulator-port']
    const simulatorPort = asked === undefined ? undefined : readPort('simulator-port', asked)
    const backend = readChoice('backend', args.backend, backends)
    const stopped = untilStopped()
    const { createLog } = await import('../log.ts')
    const logger = await createLog({ pretty: process.stderr.isTTY, level })
    const data = openFolder(args.data)
    try {
      const server = await startDevServer({
        host: args.host,
        port,
        simulatorPort,
        backend,
        logger,
        database: `file:${join(data.folder, 'hsb-twilio.db')}`,
        credentialsFile: data.credentialsFile(),
      })
      const { addresses } = server
      const words = args.json
        ? `${JSON.stringify(addresses)}\n`
        : devWords(addresses, { backend, data: args.data })
      process.stdout.write(words)
      const signal = await stopped
      logger.info({ event: 'stopping', signal }, 'stopping: a second signal ends it at once')
      await server.close()
      return 0
    } finally {
      data.leave()
    }
  },
})

function unkeptCredentials(): DevCredentialsFile {
  return { credentials: newCredentials(), save() {} }
}

/** The folder that was asked for, or one that is gone afterwards. */
function openFolder(asked: string | undefined): {
  folder: string
  credentialsFile(): DevCredentialsFile
  leave(): void
} {
  if (asked === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-'))
    const leave = () => rmSync(folder, { recursive: true, force: true })
    // Also when a second signal cuts the end short.
    process.once('exit', leave)
    return { folder, credentialsFile: unkeptCredentials, leave }
  }
  const folder = resolve(asked)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new CommandError(`the folder ${folder} cannot be made: ${codeOf(error)}`, {
      cause: error,
    })
  }
  return { folder, credentialsFile: () => openDevCredentials(folder), leave() {} }
}
