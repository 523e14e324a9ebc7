/**
 *   TwilioAppError              the base of what this package throws
 *   ├── TwilioSettingsError     a setting is wrong; the message names it
 *   └── TwilioTransactionError  a transaction of the host's cannot hold a message
 */
export class TwilioAppError extends Error {
  override readonly name: string = 'TwilioAppError'
}

/** One or more settings are wrong. `problems` names each by its path; values are never shown. */
export class TwilioSettingsError extends TwilioAppError {
  override readonly name = 'TwilioSettingsError'
  readonly problems: { setting: string; message: string }[]

  constructor(problems: { setting: string; message: string }[]) {
    super(
      `wrong settings: ${problems.map((p) => `${p.setting || 'config'} ${p.message}`).join('; ')}`,
    )
    this.problems = problems
  }
}

/**
 * A transaction handed to `send` cannot hold a message, and nothing was written: it is of a client that
 * is not known here, of another database, not begun, or of a database without the app's tables.
 */
export class TwilioTransactionError extends TwilioAppError {
  override readonly name = 'TwilioTransactionError'
  readonly reason: 'unknown-handle' | 'other-database' | 'no-transaction' | 'no-tables'

  constructor(reason: TwilioTransactionError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
