export { createSimulator } from './create-simulator.ts'
export type { SimulatedVerification, Simulator } from './simulator.ts'
export type {
  ApiKey,
  Delays,
  MessagingService,
  SimulatorOptions,
  VerifyServiceOptions,
} from './options.ts'
export type {
  Behaviour,
  BehaviourFilter,
  BehaviourKind,
  CallbackFault,
  CallbackStatus,
  CallFault,
  CallScope,
  Fate,
  LaggingList,
  Moment,
  Operation,
  Scope,
  SlowCall,
} from './behaviours.ts'
export type { MessageStatus } from './message.ts'
export type { PhoneMessage, PhoneReply, SimulatedPhone, TextFilter } from './phones.ts'
export type { ApiCallEntry, CallbackEntry, RequestEntry } from './request-log.ts'
export type { ListeningSimulator } from './server.ts'
export type { VerificationChannel, VerificationStatus } from './verifications.ts'
export type { PostLimits } from './post.ts'
