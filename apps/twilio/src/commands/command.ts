import {
  parseArgs as readStrictly,
  type ParseArgsOptionsConfig,
  stripVTControlCharacters,
} from 'node:util'
import { type ArgsDef, defineCommand, parseArgs, type ParsedArgs, renderUsage } from 'citty'

/** One command of the program. */
export interface Command {
  /** With the name of the program: `hsb-twilio keys create`. */
  name: string
  summary: string
  /** What it takes: for the help, and for documents that are compared with it. */
  args: ArgsDef
  /** What `--help` prints. */
  help(): Promise<string>
  /** Runs it and answers the exit code. Throws `UsageError` when it was called wrongly. */
  run(rawArgs: string[]): Promise<number>
}

/** The user's line cannot be understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command cannot do what it was asked for, and the message says why: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** The code of an error of the system, such as `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'failed'
}

/** The fields of what somebody else has written, none where it is no object. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(Object.entries(value ?? {}))
}

/** Makes a command from its arguments, typed by citty; unknown flags and missing values are refused. */
export function createCommand<const T extends ArgsDef>(definition: {
  /** With the name of the program: `hsb-twilio keys create`. */
  name: string
  summary: string
  args: T
  examples: readonly [string, string]
  run: (args: ParsedArgs<T>) => Promise<number>
}): Command {
  const { name, summary, args, examples, run } = definition
  return {
    name,
    summary,
    args,
    async help() {
      const usage = await renderUsage(
        defineCommand({ meta: { name, description: summary }, args: { ...args } }),
      )
      return withExamples(usage, examples)
    },
    async run(rawArgs) {
      refuseWrongUsage(rawArgs, args)
      return run(readArgs<T>(rawArgs, args))
    },
  }
}

/** The usage without colours where they cannot be shown, and two lines to copy. */
export function withExamples(usage: string, examples: readonly string[]): string {
  // citty looks at NO_COLOR=1 only, not at where its text goes.
  const text = process.stdout.hasColors?.() ? usage : stripVTControlCharacters(usage)
  return [
    text.replaceAll(/[ ]+$/gm, '').trimEnd(),
    '',
    'EXAMPLES',
    '',
    ...examples.map((line) => `  ${line}`),
    '',
  ].join('\n')
}

function readArgs<const T extends ArgsDef>(rawArgs: string[], args: T): ParsedArgs<T> {
  try {
    return parseArgs<T>(rawArgs, args)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(stripVTControlCharacters(error.message).replace(/\.$/, ''))
  }
}

/** citty takes what it does not know for a flag of its own; Node's strict reader does not. */
function refuseWrongUsage(rawArgs: string[], args: ArgsDef): void {
  const options: ParseArgsOptionsConfig = {}
  let mostPositionals = 0
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') mostPositionals += 1
    else options[name] = { type: arg.type === 'boolean' ? 'boolean' : 'string' }
  }
  const { positionals, values } = parseStrictly(rawArgs, options)
  const extra = positionals[mostPositionals]
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'`)
  const empty = Object.keys(values).find((name) => values[name] === '')
  if (empty !== undefined) throw new UsageError(`Option '--${empty}' is empty`)
}

function parseStrictly(
  args: string[],
  options: ParseArgsOptionsConfig,
): { positionals: string[]; values: Record<string, unknown> } {
  try {
    return readStrictly({ args, options, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    // Node's words go on to explain how to pass such a thing as a positional: nobody wants to.
    throw new UsageError(error.message.split(/\. |\n/)[0])
  }
}

/** Reads a flag that takes one of a few words. */
export function readChoice<const T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((one) => one === text)
  if (choice !== undefined) return choice
  throw new UsageError(`Option '--${flag}' must be one of ${choices.join(', ')}, not '${text}'`)
}

/** Reads a whole number of a flag. */
export function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(
    `Option '--${flag}' must be a number from ${least} to ${most}, not '${text}'`,
  )
}
