import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { TwilioApp } from '../app.ts'
import type { TwilioConfig } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import { CommandError } from './command.ts'

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
  const config = await loadConfig(resolve(file))
  const [{ createTwilioApp }, { TwilioSettingsError }] = await Promise.all([
    import('../app.ts'),
    import('../config.ts'),
  ])
  try {
    return createTwilioApp({
      ...config,
      logger: config.logger ?? ours.logger,
      worker: ours.worker ?? config.worker,
    })
  } catch (error) {
    if (!(error instanceof TwilioSettingsError)) throw error
    const lines = error.problems.map((one) => `  ${one.setting || 'config'}: ${one.message}`)
    throw new CommandError([`wrong settings in ${file}`, ...lines].join('\n'), { cause: error })
  }
}

async function loadConfig(path: string): Promise<TwilioConfig> {
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}; name yours by --config`)
  let exported: unknown
  try {
    exported = await import(pathToFileURL(path).href)
  } catch (error) {
    const { cleanText } = await import('../log.ts')
    const words = String(error).split('\n', 1)[0] ?? ''
    throw new CommandError(`${path} cannot be loaded: ${cleanText(words)}`, { cause: error })
  }
  const config = exportOf(exported, 'default') ?? exportOf(exported, 'config')
  if (!isObject(config)) {
    throw new CommandError(
      `${path} exports no settings: export default defineConfig({…}), or name them config`,
    )
  }
  return config
}

function exportOf(exported: unknown, name: string): unknown {
  return new Map<string, unknown>(Object.entries(exported ?? {})).get(name)
}

/** An object is all that is known here; the app checks the rest and names what is wrong. */
function isObject(value: unknown): value is TwilioConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
