import { styleText } from 'node:util'
import type { LogFields, Logger } from './domain/log.ts'
import { maskPhone } from './domain/phone.ts'

/** How much is written: a level and everything above it. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** The name of a level. */
export type LogLevel = (typeof logLevels)[number]

/** Where lines go: `process.stderr`, or anything that keeps them. */
export interface LogStream {
  write(line: string): unknown
  /** Says whether colours may be shown; terminals have it, and it respects `NO_COLOR`. */
  hasColors?(): boolean
}

/**
 * A logger of a program of its own: JSON lines, or with `pretty` short lines for eyes. It is the last
 * one who can keep a secret in: fields named like secrets are replaced, phone numbers masked, control
 * characters written out.
 */
export async function createLog(options: {
  pretty: boolean
  level?: LogLevel | undefined
  stream?: LogStream | undefined
}): Promise<Logger> {
  const { pretty, level = 'info', stream = process.stderr } = options
  const write = pretty ? shortLines(stream) : await jsonLines(stream)
  const least = logLevels.indexOf(level)
  const at =
    (name: LogLevel): Logger[LogLevel] =>
    (fields, message) => {
      if (logLevels.indexOf(name) >= least) write(name, cleanFields(fields), cleanText(message))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

type Write = (level: LogLevel, fields: LogFields, message: string) => void

async function jsonLines(stream: LogStream): Promise<Write> {
  const { pino } = await import('pino')
  const lines = pino(
    {
      level: 'debug',
      // Process id and host are known to whoever collects the lines.
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void stream.write(line) },
  )
  return (level, fields, message) => lines[level](fields, message)
}

const colours = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const

function shortLines(stream: LogStream): Write {
  const colored = stream.hasColors?.() === true
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colored ? styleText(style, text, { validateStream: false }) : text
  return (level, fields, message) => {
    const time = new Date().toISOString().slice(11, 19)
    const rest = Object.entries(fields)
      .filter(([name, value]) => name !== 'event' && value !== undefined)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
    const words = `${paint('gray', time)} ${paint(colours[level], level.padEnd(5))} ${message}`
    stream.write(rest === '' ? `${words}\n` : `${words} ${paint('gray', rest)}\n`)
  }
}

const hidden = '[secret]'

// Compared without case, `_` and `-`. `message` is the text of a message in our vocabulary.
const secretNames = new Set(
  'authorization token authtoken code body text message messagetext password secret apikey key'
    .concat(' cookie setcookie signature xtwiliosignature accesstoken pepper')
    .split(' '),
)

function cleanFields(fields: LogFields): LogFields {
  const clean: LogFields = {}
  for (const [name, value] of Object.entries(fields)) {
    if (secretNames.has(name.toLowerCase().replaceAll(/[_-]/g, ''))) clean[name] = hidden
    else clean[name] = cleanValue(value)
  }
  return clean
}

/** Whatever the types promise, an object is never opened: its parts have not been looked at. */
function cleanValue(value: unknown): LogFields[string] {
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value === 'string' || value instanceof Error) return cleanText(`${value}`)
  return `[${typeof value}]`
}

const longestText = 2_000
const phones = /(\+|%2B)([1-9]\d{6,14})/gi
const credentials = /\b(Basic|Bearer) +[\w+/=.~-]+/gi
// Our API keys and our proof tokens.
const tokens = /\b(?:hsb_[\w-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]+)/g
// Controls, and what turns the direction of writing or breaks lines: a terminal would obey them.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Text that may be shown to anybody: one line, phone numbers masked, credentials left out. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(credentials, `$1 ${hidden}`)
    .replaceAll(tokens, hidden)
    .replaceAll(
      phones,
      (_, plus: string, digits: string) => plus + maskPhone(`+${digits}`).slice(1),
    )
    .replaceAll(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, longestText)
}
