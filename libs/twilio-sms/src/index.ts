export { createTwilioClient } from './client.ts'
export type { Credentials, TwilioClient, TwilioClientOptions } from './client.ts'
export type {
  Account,
  AccountNumber,
  Accounts,
  MessagingService,
  VerifyService,
} from './account.ts'
export type { Product } from './call.ts'
export type { Transport, TransportReply, TransportRequest } from './transport.ts'
export type { Message, MessageDirection, MessageStatus } from './message.ts'
export type { MessageFilter, Messages, SendSmsInput } from './messages.ts'
export type {
  SendTokenInput,
  Verification,
  VerificationChannel,
  VerificationCheck,
  VerificationOptions,
  VerificationSend,
  VerificationStatus,
  VerificationTarget,
  Verifications,
} from './verifications.ts'
export type {
  LineInfo,
  LineType,
  LookupField,
  LookupOptions,
  Lookups,
  NumberInfo,
  PumpingRisk,
} from './lookups.ts'
export { TwilioConfigError, TwilioError, TwilioNoReplyError, TwilioReplyError } from './errors.ts'
export type { ReplyFacts } from './errors.ts'
export { describeCode, listCodes } from './error-codes.ts'
export type { CodeCategory, CodeDescription, CodePhase, RetryRule } from './error-codes.ts'
export {
  hashBody,
  joinParameters,
  signRequest,
  validateExactSignature,
  validateSignature,
} from './signature.ts'
export type { FormParameters, SignedContent, SignedRequest } from './signature.ts'
export { parseStatusCallback } from './callbacks.ts'
export type { StatusCallback } from './callbacks.ts'
export { parseInbound } from './inbound.ts'
export type { InboundMedia, InboundMessage } from './inbound.ts'
export type { InvalidCallback } from './callback-fields.ts'
export { countSegments } from './segments.ts'
export type { SegmentCount } from './segments.ts'
