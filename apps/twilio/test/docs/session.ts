import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { childEnvironment } from '../child-environment.ts'

/** One command of a session and what it is said to print, line breaks for reading taken out. */
export interface Step {
  command: string
  output: string
}

/**
 * A session as it stands in a document: `$ ` begins a command, an indented line goes on with the one
 * above, unless lines are `asPrinted`.
 */
export function stepsOf(block: string, { asPrinted = false } = {}): Step[] {
  const steps: Step[] = []
  const text = block.trimEnd()
  for (const line of (asPrinted ? text : joined(text)).split('\n')) {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: '' })
    else if (last) last.output += `${line}\n`
    else throw new Error(`a session begins with "$ ", not with "${line}"`)
  }
  return steps
}

function joined(text: string): string {
  return text.replaceAll(/\\?\n +/g, '')
}

// What is new in every run: ids, SIDs, keys, tokens, times, ports, codes.
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/
const sid = /\b(?:AC|SM|VA|VE)[0-9a-f]{32}\b/
const shortSid = /\b[A-Z]{2}…[0-9a-f]{4}/
const hexToken = /\b[0-9a-f]{32}\b/
const secret = /(?<=SECRET=|^)[\w-]{43}$/
const apiKey = /\bhsb_[\w-]{43}/
const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/
const code = /(?<="code":")\d{6}(?=")|\b\d{6}(?= is your)/
const requestId = /(?<="request_id":")[0-9a-f]{24}(?=")/
// Its width is that of its column.
const span = / *\+[\d.]+ (?:ms|s|min|h)\b/
const runtime = /v\d+\.\d+\.\d+, SQLite [\d.]+/
const migrations = /\d+(?= migrations applied)/
const kinds = {
  span,
  uuid,
  sid,
  shortSid,
  hexToken,
  secret,
  apiKey,
  token,
  time,
  code,
  requestId,
  runtime,
  migrations,
}
const anyKind = new RegExp(
  Object.entries(kinds)
    .map(([name, pattern]) => `(?<${name}>${pattern.source})`)
    .join('|'),
  'gm',
)

/** What a text says without the values that are new in every run, and those values. */
export function describe(text: string): { shape: string; values: string[] } {
  const values: string[] = []
  const shape = text.replaceAll(anyKind, (value, ...rest) => {
    values.push(value)
    const groups = rest.at(-1) as Record<string, string | undefined>
    return `<${Object.keys(groups).find((name) => groups[name] !== undefined) ?? ''}>`
  })
  return { shape, values }
}

/**
 * Runs a session as a person would who copies each line, with the ids that he sees on his own screen.
 * `before` is called ahead of each command; `given` replaces the assignments at the beginning.
 */
export async function runSession(
  steps: readonly Step[],
  how: {
    /** The values of shell variables that the session sets. */
    given: Readonly<Record<string, string>>
    env?: Record<string, string> | undefined
    cwd?: string | undefined
    before?: ((command: string) => Promise<void>) | undefined
    /** Values of the document and ours, where a session goes on with those of an earlier one. */
    seen?: Map<string, string> | undefined
    /** The lines of the document are not broken for reading. */
    asPrinted?: boolean | undefined
  },
): Promise<void> {
  const { seen = new Map<string, string>(), asPrinted = false } = how
  const variables = Object.entries(how.given).map(([name, value]) => `${name}='${value}'\n`)
  for (const step of steps) {
    if (isAssignment(step, how.given)) continue
    let { command } = step
    for (const [theirs, ours] of seen) command = command.replaceAll(theirs, ours)
    await how.before?.(command)
    const printed = await run(variables.join('') + command, how)
    const actual = asPrinted ? printed : joined(printed)
    const [expected, found] = [describe(step.output), describe(actual)]
    assert.equal(found.shape.trimEnd(), expected.shape.trimEnd(), `$ ${step.command}`)
    expected.values.forEach((value, i) => {
      // What is shorter may stand anywhere by chance.
      if (value.length > 5) seen.set(value, found.values[i] ?? '')
    })
  }
}

/** Every assignment has to be known here: one that is not would silently stay that of the document. */
function isAssignment({ command }: Step, given: Readonly<Record<string, string>>): boolean {
  if (!/^[A-Z]+=/.test(command)) return false
  const names = [...command.matchAll(/(?:^| )([A-Z]+)=/g)].map(([, name = '']) => name)
  assert.deepEqual(
    names.filter((name) => given[name] === undefined),
    [],
    command,
  )
  return true
}

async function run(
  script: string,
  { env, cwd }: { env?: Record<string, string> | undefined; cwd?: string | undefined },
): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-euc', script], {
    env: { ...childEnvironment, ...env },
    cwd,
  })
  return stdout
}
