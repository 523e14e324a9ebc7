export { createTwilioApp, type TwilioApp } from './app.ts'
export { defineConfig, type Settings, type TwilioConfig } from './config.ts'
export { TwilioAppError, TwilioSettingsError, TwilioTransactionError } from './errors.ts'
export type { AccessRequest, ApiScope, Authorize, Principal } from './domain/access.ts'
export type { EventSource, MessageEvent } from './domain/event.ts'
export type { Logger } from './domain/log.ts'
export type { Message, MessageStatus } from './domain/message.ts'
export type { WorkerState } from './domain/worker.ts'
export type { CheckOutcome, VerificationChannel } from './domain/verification.ts'
export type { Role } from './domain/role.ts'
export type { AccountResult, AdminAccountFacts, AdminAccounts } from './services/admin-accounts.ts'
export type { ApiKeys } from './services/api-keys.ts'
export type { Messages, SendInput, SendOptions, SendResult } from './services/messages.ts'
export type { OptOuts } from './services/opt-outs.ts'
export type {
  CheckInput,
  CheckResult,
  Proof,
  StartInput,
  StartResult,
  Verifications,
} from './services/verifications.ts'
export type {
  DrizzleTransaction,
  HostTransaction,
  KyselyTransaction,
  PgTransaction,
  PostgresJsTransaction,
  PrismaTransaction,
  SqliteTransaction,
} from './storage/engines/host-transaction.ts'
export type { Workers, WorkerStatus } from './services/workers.ts'
