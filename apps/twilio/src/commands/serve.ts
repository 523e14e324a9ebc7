import type { TwilioConfig } from '../config.ts'
import { openApp, configArg } from './config-file.ts'
import { createCommand, readChoice } from './command.ts'
import { hostArg, jsonArg, logLevelArg, portArg, readPort, readLogLevel } from './server-args.ts'
import { untilStopped } from './stop-signals.ts'
import { printJson } from './terminal.ts'

/** What each role makes of the setting `worker`; `all` leaves it as it is. */
const workers = {
  api: 'elsewhere',
  worker: 'background',
  all: undefined,
} as const satisfies Record<string, TwilioConfig['worker']>
const roles = ['api', 'worker', 'all'] as const

/** `hsb-twilio serve`: the standalone server, over the real Twilio. */
export const serveCommand = createCommand({
  name: 'hsb-twilio serve',
  summary: 'Run the API, the webhook and the worker with your Twilio account',
  args: {
    config: configArg,
    role: {
      type: 'string',
      default: 'all',
      valueHint: roles.join('|'),
      description: 'What runs here: the API without a worker, a worker with its probes, or both',
    },
    port: portArg('8080'),
    host: hostArg,
    'log-level': logLevelArg,
    json: {
      ...jsonArg,
      description: 'Print one line of JSON when ready; logs go to stderr as ever',
    },
  },
  examples: [
    'hsb-twilio serve --config twilio.config.ts',
    'hsb-twilio serve --role worker --port 8081 --log-level warn',
  ],
  async run(args) {
    const role = readChoice('role', args.role, roles)
    const port = readPort('port', args.port)
    const level = readLogLevel(args['log-level'])
    const stop = new AbortController()
    const stopped = untilStopped().then((signal) => {
      stop.abort()
      return signal
    })
    const [{ createLog }, { startServer }] = await Promise.all([
      import('../log.ts'),
      import('../server.ts'),
    ])
    const logger = await createLog({ pretty: false, level })
    const app = await openApp(args.config, { logger, worker: workers[role] })
    const serves = role === 'worker' ? 'probes' : 'everything'
    const { host } = args
    const server = await startServer({ app, host, port, logger, serves, signal: stop.signal })
    if (args.json && !stop.signal.aborted) printJson({ url: server.url })
    const signal = await stopped
    logger.info({ event: 'stopping', signal }, 'stopping: a second signal ends it at once')
    await server.close()
    logger.info({ event: 'stopped' }, 'stopped')
    return 0
  },
})
