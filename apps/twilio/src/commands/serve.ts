import { openApp, configArg } from './config-file.ts'
import { createCommand } from './command.ts'
import { hostArg, logLevelArg, portArg, readPort, readLogLevel } from './server-args.ts'
import { untilStopped } from './stop-signals.ts'

/** `hsb-twilio serve`: the standalone server, over the real Twilio. */
export const serveCommand = createCommand({
  name: 'hsb-twilio serve',
  summary: 'Run the API, the webhook and the worker with your Twilio account',
  args: {
    config: configArg,
    port: portArg('8080'),
    host: hostArg,
    'log-level': logLevelArg,
  },
  examples: [
    'hsb-twilio serve --config twilio.config.ts',
    'hsb-twilio serve --config twilio.config.ts --host 0.0.0.0 --port 80 --log-level warn',
  ],
  async run(args) {
    const port = readPort('port', args.port)
    const level = readLogLevel(args['log-level'])
    const stopped = untilStopped()
    const [{ createLog }, { startServer }] = await Promise.all([
      import('../log.ts'),
      import('../server.ts'),
    ])
    const logger = await createLog({ pretty: false, level })
    const app = await openApp(args.config, { logger })
    const server = await startServer({ app, host: args.host, port, logger })
    const signal = await stopped
    logger.info({ event: 'stopping', signal }, 'stopping: a second signal ends it at once')
    await server.close()
    logger.info({ event: 'stopped' }, 'stopped')
    return 0
  },
})
