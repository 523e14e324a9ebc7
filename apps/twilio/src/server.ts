import type { TwilioApp } from './app.ts'
import type { Logger } from './domain/log.ts'
import { type Listener, ListenError, openListener } from './listener.ts'
import { refusesOpenHost } from './routes/access.ts'

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
}

/** Requests take milliseconds; what takes longer is a `Prefer: wait`, and its caller may ask again. */
const longestDrainMs = 5_000

/**
 * Serves an app by itself. Brings the database up to date first, and will listen only on the machine
 * itself while there is neither an API key nor `authorize`. When it rejects (`ListenError`,
 * `StorageError`) the app is stopped.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { app, host, port, logger } = options
  try {
    await app.migrate()
    const keys = await app.apiKeys.list()
    const hasApiKeys = keys.some((key) => key.revokedAt === undefined)
    const refusal = refusesOpenHost({ host, settings: app.settings, hasApiKeys })
    if (refusal !== undefined) throw new ListenError(`cannot listen: ${refusal}`)
    if (!hasApiKeys && !app.settings.authorize) {
      logger.warn({ event: 'no-keys' }, 'nobody can call the API yet: see hsb-twilio keys create')
    }
    const listener = await openListener({ host, port, logger })
    try {
      await app.start()
    } catch (error) {
      await listener.close(0)
      throw error
    }
    logger.info({ event: 'ready', url: listener.url }, 'ready')
    return serve(listener, app)
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** Lets a started app answer on a port that is open already. */
export function serve(listener: Listener, app: TwilioApp): RunningServer {
  const drainMs = Math.min(longestDrainMs, app.settings.delivery.graceSeconds * 1_000)
  listener.serve(app.node)
  let closed: Promise<void> | undefined
  return {
    url: listener.url,
    close: () => (closed ??= listener.close(drainMs).then(() => app.stop())),
  }
}
