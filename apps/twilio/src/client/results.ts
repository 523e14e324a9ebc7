import type { z } from 'zod'
import type { checkBody, sendBody, startBody } from '../routes/bodies.ts'
import type { coreProblems, endpointProblems } from '../routes/endpoint-problems.ts'
import type { FieldError } from '../routes/problems.ts'
import type {
  checkedVerification,
  smsEvent,
  smsLog,
  startedVerification,
} from '../routes/shapes.ts'
import type { Camel } from './names.ts'

// Everything here is made from what the server validates with: a shape that changes there changes
// here, and a program that does not fit any more does not compile.

/** A message as it stands. Times are ISO 8601 in UTC; what is not known is null. */
export interface Message extends Camel<z.output<typeof smsLog>> {}

/** One thing that happened to a message. */
export interface MessageEvent extends Camel<z.output<typeof smsEvent>> {}

/** A message to be sent. */
export interface SendInput extends Omit<Camel<z.input<typeof sendBody>>, 'sendAt' | 'expiresAt'> {
  /** Not before this moment; a text needs an offset or `Z`. */
  sendAt?: Date | string | undefined
  /** Never after this moment. */
  expiresAt?: Date | string | undefined
}

/** A verification to be started; with `verificationId`, its code is sent once more. */
export interface StartInput extends Camel<z.input<typeof startBody>> {}

type CheckFields = Camel<z.input<typeof checkBody>>
type Given<Fields, Name extends keyof Fields> = {
  [One in Name]: Exclude<Fields[One], undefined>
}

/** A guess. By number only where the server's settings allow it. */
export type CheckInput =
  | Given<CheckFields, 'verificationId' | 'code'>
  | (Given<CheckFields, 'toPhone' | 'code'> & Pick<CheckFields, 'purpose'>)

/** What the server says of a request that it refused. */
export interface RefusalFacts {
  /** Words for a log; they may change. */
  detail?: string | undefined
  /** What is wrong with which field, by its name on the wire. */
  errors?: readonly FieldError[] | undefined
  /** Finds the request in the log of the server. */
  requestId?: string | undefined
}

/** The server refused; `kind` is the `code` of its problem document. */
export type Refusal<Code extends string> = Code extends 'throttled' | 'unavailable'
  ? RefusalFacts & { kind: Code; retryAfterSeconds: number }
  : RefusalFacts & { kind: Code }

/** What any call can end in beside the answers of the server that belong to it. */
export type Failure =
  /** No answer: nobody knows whether the server acted. `error` is what `fetch` threw. */
  | { kind: 'unreachable'; reason: 'network' | 'timeout'; error: unknown }
  /** Your `signal` ended the call. Nobody knows whether the server acted. */
  | { kind: 'aborted' }
  /** An answer that is none of this API: a proxy, another version, a bug. */
  | (RefusalFacts & {
      kind: 'unexpected'
      status: number
      /** Of the problem document, where it was one. */
      code?: string | undefined
      retryAfterSeconds?: number | undefined
    })

/** The code of every problem that a call of the client names; others are `unexpected`. */
export type RefusalCode<Name extends keyof typeof endpointProblems> =
  | (typeof endpointProblems)[Name][number]
  | (typeof coreProblems.credential)[number]
  | 'invalid-body'

/** How a send can end. `accepted`: it is on the server's disk and will be sent. */
export type SendResult = (
  | { kind: 'accepted'; message: Message; replayed: boolean }
  | Refusal<RefusalCode<'sendMessage'>>
  | Failure
) & {
  /** Send again with it, and the message is not sent twice. */
  idempotencyKey: string
}

/** How reading a message can end. Its events are oldest first. */
export type StatusResult =
  | { kind: 'found'; message: Message; events: MessageEvent[] }
  | Refusal<Exclude<RefusalCode<'getMessageStatus'>, 'invalid-body'>>
  | Failure

/** How taking a message back can end. `canceled`: it is never sent. */
export type CancelResult =
  | { kind: 'canceled'; message: Message }
  | Refusal<Exclude<RefusalCode<'cancelMessage'>, 'invalid-body'>>
  | Failure

/** A started verification as it is answered. */
export type Started = Camel<z.output<typeof startedVerification>>

/** A checked guess as it is answered. */
export type Checked = Camel<z.output<typeof checkedVerification>>

/** How starting a verification can end. */
export type StartResult =
  | ({ kind: 'started' } & Omit<Started, 'status'>)
  | Refusal<RefusalCode<'startVerification'>>
  | Failure

/** The outcome is what the union is told apart by. */
type Outcome<Answer> = Answer extends { outcome: string }
  ? { [Name in keyof Answer as Name extends 'outcome' ? 'kind' : Name]: Answer[Name] }
  : never

/** How a guess can end. `approved` comes with the token for your backend, once only. */
export type CheckResult = Outcome<Checked> | Refusal<RefusalCode<'checkVerification'>> | Failure
