import type { z } from 'zod'

// What readers of the OpenAPI document are told beside the schemas.

/** The groups of endpoints, in the order in which they are shown. */
export const tags = {
  Messages: 'Text messages: sending them, and what became of them.',
  Verification: 'Proving that somebody has a phone, by a code.',
  Webhooks: 'What Twilio calls. Nobody else can: each request is signed.',
  System: 'For balancers, monitors and tools.',
} as const

/** The groups of endpoints that the admin pages use. */
export const adminTags = {
  Session: 'Signing in to the admin pages, and who is signed in.',
  Overview: 'What happened to many messages, by hour or day.',
  Messages: 'Looking for messages, and acting on them.',
  Verifications: 'Verifications and what happened to them.',
  Inbox: 'What phones have written, and who wants no texts.',
  Queue: 'What waits, who works on it, and what has failed.',
  System: 'Settings, keys, the audit log, and what happens just now.',
} as const

/** Headers of answers that only some endpoints set. */
export const answerHeaders = {
  Location: 'Where the message can be read, as a path of this host.',
  'Idempotent-Replayed':
    '`true` when this `Idempotency-Key` was used before for the same request: nothing was sent anew.',
  'Preference-Applied': 'The `wait` that was kept to, such as `wait=10`.',
  ETag: 'Changes with the document; for `If-None-Match`.',
  'Cache-Control': 'How long the answer may be kept.',
  'Set-Cookie': 'The session, or its end.',
  'Content-Disposition': 'The name under which a browser saves it.',
  'X-Accel-Buffering': '`no`: proxies pass on what comes as it comes.',
} as const

/** A body, and in a few words what it shows. */
export interface Example<T = unknown> {
  summary: string
  value: T
}

/** One answer of an endpoint. */
export interface AnswerDocs<S = unknown> {
  description: string
  headers?: readonly (keyof typeof answerHeaders)[]
  /** By a short name; required where the answer has a body. */
  examples?: Record<string, Example<S extends z.ZodType ? z.input<S> : unknown>>
  /** Of a text that goes out as it is; else it is JSON. */
  contentType?: string
}

/** The words and examples of an endpoint. */
export interface EndpointDocs<Body, Answers> {
  tag: keyof typeof tags | keyof typeof adminTags
  /** From the side of whoever calls. Markdown. */
  description: string
  /** By a short name; required where the request has a body. */
  requests?: Record<string, Example<Body extends z.ZodType ? z.input<Body> : unknown>>
  answers: { readonly [S in keyof Answers]: AnswerDocs<Answers[S]> }
}
