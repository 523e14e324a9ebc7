import type { LogLevel } from '../log.ts'
import { readChoice, readNumber } from './command.ts'

/** The port to listen on. */
export function portArg<const P extends string>(port: P) {
  return {
    type: 'string',
    default: port,
    valueHint: 'port',
    description: 'Where to listen; 0 takes a free one',
  } as const
}

/** The address to listen on. */
export const hostArg = {
  type: 'string',
  default: '127.0.0.1',
  valueHint: 'address',
  description: 'Others can reach it only by another address, and then only with API keys',
} as const

// Not taken from log.ts: it would be loaded for every --help.
const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** How much goes to stderr. */
export const logLevelArg = {
  type: 'string',
  default: 'info',
  valueHint: levels.join('|'),
  description: 'How much is logged',
} as const

/** Whether results are for programs. */
export const jsonArg = {
  type: 'boolean',
  default: false,
  description: 'Print the result as one line of JSON',
} as const

/** Reads a port number. */
export function readPort(flag: string, text: string): number {
  return readNumber(flag, text, 0, 65_535)
}

/** Reads the name of a level. */
export function readLogLevel(text: string): LogLevel {
  return readChoice('log-level', text, levels)
}
