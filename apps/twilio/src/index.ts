export { createTwilioApp, type TwilioApp } from './app.ts'
export { defineConfig, type Settings, type TwilioConfig } from './config.ts'
export { TwilioAppError, TwilioSettingsError, TwilioTransactionError } from './errors.ts'
export type {
  AccessRequest,
  AdminPerson,
  ApiScope,
  Authorize,
  AuthorizeAdmin,
  Principal,
} from './domain/access.ts'
export type { EventSource, MessageEvent } from './domain/event.ts'
export type {
  EventFor,
  EventPattern,
  HostEvent,
  MessageEventData,
  MessageHostEvent,
  VerificationEventData,
  VerificationHostEvent,
} from './domain/host-event.ts'
export type { Logger } from './domain/log.ts'
export type { Message, MessageStatus } from './domain/message.ts'
export type { WorkerState } from './domain/worker.ts'
export type { CheckOutcome, VerificationChannel } from './domain/verification.ts'
export type { Role } from './domain/role.ts'
export type { AccountResult, AdminAccountFacts, AdminAccounts } from './services/admin-accounts.ts'
export type { ApiKeys } from './services/api-keys.ts'
export type { Audit } from './services/audit.ts'
export type { ConsumerOptions, EventHandler, On, ParkedEvents } from './services/events.ts'
export type { RefusedCallback } from './services/refused-callbacks.ts'
export type {
  CancelResult,
  EraseResult,
  FollowedEvent,
  MessageFilter,
  Messages,
  RedactResult,
  ResendRefusal,
  SendInput,
  SendOptions,
  SendResult,
} from './services/messages.ts'
export type { EventPlace } from './storage/event-stores.ts'
export type { MessagePage } from './storage/store.ts'
export type { RestoreResult } from './services/restore.ts'
export type { OptOuts } from './services/opt-outs.ts'
export type { Queue, QueueFacts } from './services/queue.ts'
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
export type { Webhooks, WebhookStatus, WebhookTry } from './services/webhooks.ts'
