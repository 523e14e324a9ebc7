import type { z } from 'zod'
import type { Settings } from '../config.ts'
import type { AdminCaller, AdminScope, ApiScope } from '../domain/access.ts'
import type { Callbacks } from '../services/callbacks.ts'
import type { Inbound } from '../services/inbound.ts'
import type { Messages } from '../services/messages.ts'
import type { Verifications } from '../services/verifications.ts'
import type { EndpointDocs } from './endpoint-docs.ts'
import { coreProblems } from './endpoint-problems.ts'
import type { PlainRequest } from './plain.ts'
import type { Problem, ProblemCode } from './problems.ts'

// An endpoint is data plus one function. The router, the OpenAPI document and the typed client are
// made from the data; the types below keep the function from answering what the data does not list.

/** What a request may hold. A part that is left out is not looked at. */
export interface RequestShape {
  /** The `{names}` of the path. */
  params?: z.ZodType
  /** Each parameter once; values are text. */
  query?: z.ZodType
  /** Names in lower case. Only those named are looked at. */
  headers?: z.ZodType
  /** A JSON body. */
  body?: z.ZodType
  /** A form that the endpoint reads from `bytes` itself; the schema is documentation. */
  form?: z.ZodType
}

/** Statuses of answers that are not problems. */
export type AnswerStatus = (typeof answerStatuses)[number]

/** Every status of an answer that is no problem. */
export const answerStatuses = [200, 201, 202, 204, 304, 503] as const

/** Who calls, as an endpoint sees him. `admin` is there at the endpoints of the admin pages only. */
export interface Caller {
  id: string
  scopes: readonly (ApiScope | AdminScope)[]
  admin?: AdminCaller | undefined
}

/** The shape of the body by status; `null` where there is none. */
export type Answers = { readonly [status in AnswerStatus]?: z.ZodType | null }

type Output<S> = S extends z.ZodType ? z.output<S> : undefined

/** A request that has passed every check of the contract. */
export interface Call<R extends RequestShape = RequestShape> {
  params: Output<R['params']>
  query: Output<R['query']>
  headers: Output<R['headers']>
  body: Output<R['body']>
  /** The body of a form as it was on the wire; empty otherwise. */
  bytes: Uint8Array
  /** As received, without `?`. */
  rawQuery: string
  /** Path and headers as received, for what has to look into a refusal. */
  received: Pick<PlainRequest, 'path' | 'headers'>
  /** Absent at a public endpoint. */
  principal: Caller | undefined
  clientAddress: string | undefined
  /** Before every path that is given back. */
  basePath: string
}

type BodyOf<S> = S extends z.ZodType ? { body: z.input<S> } : { body?: undefined }

/** One of the listed answers. A text with a `content-type` of its own goes out as it is. */
export type AnswerOf<A extends Answers> = {
  [S in keyof A & AnswerStatus]: { status: S; headers?: Record<string, string> } & BodyOf<A[S]>
}[keyof A & AnswerStatus]

/** How the app stands; one word a part. */
export interface Readiness {
  ready: boolean
  checks: Record<string, boolean>
}

/** What endpoints work with. */
export interface RouteTools {
  settings: Settings
  messages: Messages
  callbacks: Callbacks
  inbound: Inbound
  verifications: Verifications
  readiness: () => Promise<Readiness>
  openApi: () => ServedDocument
}

/** A document as it is served, and the mark by which a copy of it is known. */
export interface ServedDocument {
  document: { openapi: string }
  etag: string
}

interface EndpointData<R extends RequestShape, A, P> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/sms/{id}/status/`; without its last slash it is taken too. */
  path: string
  summary: string
  /** Every endpoint of the app has them; a test looks. */
  docs?: EndpointDocs<R['form'] extends z.ZodType ? R['form'] : R['body'], A>
  scope: ApiScope | AdminScope | 'public'
  /** Opens the endpoint to everyone where the settings say so. */
  publicWhen?: (settings: Settings) => boolean
  request: R
  answers: A
  /**
   * What `handle` answers; `problemsOf` adds what is answered before it. A public endpoint that asks
   * the database lists `unavailable` also where it only throws, and one whose headers can be refused
   * lists `invalid-header`.
   */
  problems: readonly P[]
  /** Answered when a `{name}` of the path cannot name anything; default `not-found`. */
  unknown?: NoInfer<P>
}

/** An endpoint as data and the function behind it, with its exact types. */
export interface DefinedEndpoint<
  R extends RequestShape,
  A extends Answers,
  P extends ProblemCode,
  Tools = RouteTools,
> extends EndpointData<R, A, P> {
  // `NoInfer`: what it answers must not widen what the data lists.
  handle(call: Call<NoInfer<R>>, tools: Tools): Promise<AnswerOf<NoInfer<A>> | Problem<NoInfer<P>>>
}

/** An answer whose shape was checked where the endpoint was defined. */
export interface Answer {
  status: AnswerStatus
  body?: unknown
  headers?: Record<string, string>
}

/** Any endpoint: what the router, the documents and the clients go through. */
export interface Endpoint<Tools = RouteTools> extends EndpointData<
  RequestShape,
  Answers,
  ProblemCode
> {
  // A method, so that endpoints of every shape fit: the core calls it with what their schemas let pass.
  handle(call: Call, tools: Tools): Promise<Answer | Problem>
}

/** An endpoint as a document describes it. */
export type DescribedEndpoint = Omit<Endpoint, 'handle'>

/** Writes an endpoint down: an answer or a problem that it does not list does not compile. */
export function defineEndpoint<
  const R extends RequestShape,
  const A extends Answers,
  const P extends ProblemCode,
>(endpoint: DefinedEndpoint<R, A, P>): DefinedEndpoint<R, A, P> {
  return endpoint
}

/**
 * Every problem the endpoint can end in, those of the core included: for documents and clients. What
 * belongs to its address is not among them (`method-not-allowed`, `not-found` elsewhere).
 */
export function problemsOf(endpoint: DescribedEndpoint): ProblemCode[] {
  const { request, scope } = endpoint
  const hasBody = request.body !== undefined || request.form !== undefined
  return [
    ...new Set<ProblemCode>([
      ...endpoint.problems,
      ...(scope === 'public' ? [] : coreProblems.credential),
      ...(request.params ? [endpoint.unknown ?? ('not-found' as const)] : []),
      ...(request.query ? coreProblems.query : []),
      ...(request.body ? coreProblems.json : []),
      ...(hasBody ? coreProblems.anyBody : []),
      ...coreProblems.always,
    ]),
  ]
}
