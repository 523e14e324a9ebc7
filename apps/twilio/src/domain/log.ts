/** Fields of one log line. Never a body, a code or a secret; phones masked. */
export type LogFields = Record<string, string | number | boolean | undefined>

/** Where log lines go; a pino logger fits as it is. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** Says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
