import type { TwilioApp } from './app.ts'
import { systemClock } from './clock.ts'
import type { Logger } from './domain/log.ts'
import type { Clock } from './domain/time.ts'
import { type Listener, ListenError, openListener } from './listener.ts'
import { refuse } from './listener-refusals.ts'
import { createPatience } from './patience.ts'
import { refusesOpenHost } from './routes/access.ts'
import { StorageError } from './storage/errors.ts'

/** A server that answers. */
export interface RunningServer {
  /** Where: `http://127.0.0.1:8080`. */
  url: string
  /** Takes nothing new, finishes what runs, stops the app. Safe to call twice. */
  close(): Promise<void>
}

/** What `startServer` needs. */
export interface ServerOptions {
  app: TwilioApp
  host: string
  /** 0 takes a free one. */
  port: number
  logger: Logger
  /** `probes` serves `/livez` and `/readyz` only, to everybody. Default `everything`. */
  serves?: 'everything' | 'probes' | undefined
  /** Ends the wait for a database that is away; the server is then to be closed. */
  signal?: AbortSignal | undefined
  clock?: Clock | undefined
  /** In [0, 1). */
  random?: (() => number) | undefined
}

/** Requests take milliseconds; what takes longer is a `Prefer: wait`, and its caller may ask again. */
const longestDrainMs = 5_000

/**
 * Serves an app by itself. Brings the database up to date first, and will listen only on the machine
 * itself while there is neither an API key nor `authorize`. While a PostgreSQL is away it waits, and
 * meanwhile answers the probes, and 503 to everything else. When it rejects (`ListenError`,
 * `StorageError`) the app is stopped.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { app, host, port, logger, serves = 'everything', signal } = options
  const { clock = systemClock, random = Math.random } = options
  const patience = createPatience({ clock, random, logger, signal })
  let listener: Listener | undefined

  async function makeReady(): Promise<Listener> {
    await app.migrate()
    if (serves === 'everything') await refuseStrangers(options)
    listener ??= await openListener({ host, port, logger })
    await app.start()
    return listener
  }

  try {
    for (;;) {
      try {
        const ready = await makeReady()
        logger.info({ event: 'ready', url: ready.url }, 'ready')
        return serves === 'probes' ? run(ready, app, app.probes) : serve(ready, app)
      } catch (error) {
        if (!(error instanceof StorageError && error.mayComeBack)) throw error
        listener ??= await openListener({ host, port, logger })
        listener.serve((request, response) =>
          app.probes(request, response, () => refuse(response, 'starting')),
        )
        if (!(await patience.wait(error))) return running(listener, app)
      }
    }
  } catch (error) {
    await listener?.close(0)
    await app.stop()
    throw error
  }
}

async function refuseStrangers({ app, host, logger }: ServerOptions): Promise<void> {
  const keys = await app.apiKeys.list()
  const hasApiKeys = keys.some((key) => key.revokedAt === undefined)
  const refusal = refusesOpenHost({ host, settings: app.settings, hasApiKeys })
  if (refusal !== undefined) throw new ListenError(`cannot listen: ${refusal}`)
  if (!hasApiKeys && !app.settings.authorize) {
    logger.warn({ event: 'no-keys' }, 'nobody can call the API yet: see hsb-twilio keys create')
  }
}

/** Lets a started app answer on a port that is open already. */
export function serve(listener: Listener, app: TwilioApp): RunningServer {
  return run(listener, app, app.node)
}

function run(listener: Listener, app: TwilioApp, handler: TwilioApp['node']): RunningServer {
  listener.serve(handler)
  return running(listener, app)
}

function running(listener: Listener, app: TwilioApp): RunningServer {
  const drainMs = Math.min(longestDrainMs, app.settings.delivery.graceSeconds * 1_000)
  let closed: Promise<void> | undefined
  return {
    url: listener.url,
    close() {
      app.endStreams()
      return (closed ??= listener.close(drainMs).then(() => app.stop()))
    },
  }
}
