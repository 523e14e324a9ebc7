import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { TwilioApp } from '../app.ts'
import type { Settings, TwilioConfig, TwilioSettingsError } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import type { LogLevel } from '../log.ts'
import { CommandError, fieldsOf } from './command.ts'

/** The argument of every command that works with the user's own settings. */
export const configArg = {
  type: 'string',
  default: 'twilio.config.ts',
  valueHint: 'file',
  description: 'Your settings: a module that exports defineConfig({…})',
} as const

/**
 * Makes an app from the user's file, which is imported as it is: Node strips the types. Its own
 * logger goes before ours. Throws `CommandError` naming every wrong setting on a line of its own.
 */
export async function openApp(
  file: string,
  ours: { logger?: Logger | undefined; worker?: TwilioConfig['worker'] } = {},
): Promise<TwilioApp> {
  const config = await loadConfig(file)
  const [{ createTwilioApp }, { TwilioSettingsError }] = await Promise.all([
    import('../app.ts'),
    import('../config.ts'),
  ])
  return named(file, TwilioSettingsError, () =>
    createTwilioApp({
      ...config,
      logger: config.logger ?? ours.logger,
      worker: ours.worker ?? config.worker,
    }),
  )
}

/**
 * Hands an app from the user's file to `use`, and stops it however that ends. It sends nothing unless
 * `worker` says so, and logs nothing unless `logLevel` does.
 */
export async function withApp<T>(
  file: string,
  ours: { logLevel?: LogLevel | undefined; worker?: TwilioConfig['worker'] },
  use: (app: TwilioApp) => Promise<T>,
): Promise<T> {
  const { logLevel: level, worker = 'manual' } = ours
  const log = level && (await import('../log.ts'))
  const logger = await log?.createLog({ pretty: process.stderr.isTTY, level })
  const app = await openApp(file, { logger, worker })
  try {
    return await use(app)
  } finally {
    await app.stop()
  }
}

/** The same for looking at the database or changing it, once that is up to date. */
export function withDatabase<T>(file: string, use: (app: TwilioApp) => Promise<T>): Promise<T> {
  return withApp(file, {}, async (app) => {
    await app.migrate()
    return use(app)
  })
}

/** The settings of the user's file with every default, without an app. Throws as `openApp` does. */
export async function loadSettings(file: string): Promise<Settings> {
  const config = await loadConfig(file)
  const { readSettings, TwilioSettingsError } = await import('../config.ts')
  return named(file, TwilioSettingsError, () => readSettings(config))
}

/** Names the file and every wrong setting on a line of its own. The class comes with the app, loaded late. */
function named<T>(file: string, SettingsError: typeof TwilioSettingsError, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const lines = error.problems.map((one) => `  ${one.setting || 'config'}: ${one.message}`)
    throw new CommandError([`wrong settings in ${file}`, ...lines].join('\n'), { cause: error })
  }
}

/** Imports the user's file without looking at what is in it. Throws `CommandError` where it cannot. */
export async function loadConfig(file: string): Promise<TwilioConfig> {
  const path = resolve(file)
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}; name yours by --config`)
  let exported: unknown
  try {
    exported = await import(pathToFileURL(path).href)
  } catch (error) {
    const { cleanText } = await import('../log.ts')
    const words = String(error).split('\n', 1)[0] ?? ''
    throw new CommandError(`${path} cannot be loaded: ${cleanText(words)}`, { cause: error })
  }
  const exports = fieldsOf(exported)
  const config = exports.get('default') ?? exports.get('config')
  if (!isObject(config)) {
    throw new CommandError(
      `${path} exports no settings: export default defineConfig({…}), or name them config`,
    )
  }
  return config
}

/** An object is all that is known here; the app checks the rest and names what is wrong. */
function isObject(value: unknown): value is TwilioConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
