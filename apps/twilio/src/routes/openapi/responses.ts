import type { z } from 'zod'
import { answerStatuses, type DescribedEndpoint, problemsOf } from '../contract.ts'
import type { AnswerDocs } from '../endpoint-docs.ts'
import {
  type Problem,
  type ProblemCode,
  problem,
  problemCodes,
  problemResponse,
  problems,
} from '../problems.ts'
import type { Schema, Schemas } from './schemas.ts'

/** What makes the example of a problem a telling one. */
const details: { [code in ProblemCode]?: Omit<Problem, 'problem'> } = {
  'invalid-body': {
    errors: [{ field: 'message', code: 'required', message: 'is missing' }],
  },
  'invalid-query': { detail: 'A parameter is given twice.' },
  'invalid-callback': { detail: 'MessageStatus is not one of Twilio.' },
  forbidden: { detail: 'It needs the scope "send".' },
  'unsupported-media-type': { detail: 'It must be application/json, not compressed.' },
  'invalid-phone': {
    errors: [
      { field: 'to_phone', code: 'invalid-phone', message: 'must be E.164, such as +14155552671' },
    ],
  },
  'invalid-message': {
    errors: [{ field: 'message', code: 'invalid', message: 'must not be empty' }],
  },
  'not-over': { detail: 'It is SENT.' },
  'cannot-resend': { detail: 'Its text is no longer kept.' },
  'too-late-to-cancel': { detail: 'It is SENT.' },
  'destination-not-allowed': { detail: 'Messages to SE are not switched on.' },
}

const requestId = '10f841ed33a53307ba70cb95'

/** An example of every problem, as it is answered. */
export function problemExamples(): Record<string, unknown> {
  return Object.fromEntries(
    problemCodes.map((code) => {
      const { body } = problemResponse(problem(code, details[code]), requestId)
      const value: unknown = JSON.parse(body)
      return [code, { summary: problems[code].title, value }]
    }),
  )
}

/** Every problem as a schema of the document. */
export const problemSchemas: Record<string, Schema> = {
  FieldError: {
    type: 'object',
    description: 'What is wrong with one field.',
    properties: {
      field: {
        type: 'string',
        description: 'Its name, such as `metadata.order`; empty for the body as a whole.',
      },
      code: { type: 'string', description: 'Stable, such as `required` or `too-big`.' },
      message: { type: 'string' },
    },
    required: ['field', 'code', 'message'],
  },
  Problem: {
    type: 'object',
    description: 'A problem document (RFC 9457). `code` is the contract; the words may change.',
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      code: { type: 'string', enum: problemCodes },
      detail: { type: 'string' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
      request_id: {
        type: 'string',
        description: 'Also in the header `X-Request-Id`. Absent from `invalid-signature`.',
      },
    },
    required: ['type', 'title', 'status', 'code'],
  },
}

/** Every answer of an endpoint, problems included, by status. */
export function responsesOf(
  endpoint: DescribedEndpoint,
  schemas: Schemas,
): Record<string, unknown> {
  const responses = new Map<string, Response>()
  for (const status of answerStatuses) {
    const schema = endpoint.answers[status]
    if (schema === undefined) continue
    responses.set(String(status), answerOf(endpoint.docs?.answers[status], schema, schemas))
  }
  for (const [status, codes] of Map.groupBy(
    problemsOf(endpoint),
    (code) => problems[code].status,
  )) {
    const refusal = refusalOf(status, codes)
    const answer = responses.get(String(status))
    responses.set(String(status), answer ? both(answer, refusal) : refusal)
  }
  return Object.fromEntries(
    [...responses].toSorted(([one], [other]) => Number(one) - Number(other)),
  )
}

interface Response {
  description: string
  headers: Record<string, unknown>
  content?: Record<string, unknown>
}

function answerOf(
  docs: AnswerDocs | undefined,
  schema: z.ZodType | null,
  schemas: Schemas,
): Response {
  const headers = Object.fromEntries(
    ['X-Request-Id', ...(docs?.headers ?? [])].map((name) => [name, headerRef(name)]),
  )
  const response: Response = { description: docs?.description ?? '', headers }
  if (schema !== null) {
    response.content = {
      [docs?.contentType ?? 'application/json']: {
        schema: schemas.write(schema, 'output'),
        ...(docs?.examples ? { examples: docs.examples } : {}),
      },
    }
  }
  return response
}

const headersByStatus: Record<number, string> = {
  401: 'WWW-Authenticate',
  429: 'Retry-After',
  503: 'Retry-After',
}

/** All problems of one status: one schema, narrowed to the codes that can occur here. */
function refusalOf(status: number, codes: ProblemCode[]): Response {
  const more = headersByStatus[status]
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n'),
    headers: Object.fromEntries(
      ['X-Request-Id', ...(more === undefined ? [] : [more])].map((name) => [
        name,
        headerRef(name),
      ]),
    ),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { status: { const: status }, code: { enum: codes } } },
          ],
        },
        examples: Object.fromEntries(
          codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
    },
  }
}

function both(answer: Response, refusal: Response): Response {
  return {
    description: `${answer.description}\n\n${refusal.description}`,
    headers: answer.headers,
    content: { ...answer.content, ...refusal.content },
  }
}

function headerRef(name: string): { $ref: string } {
  return { $ref: `#/components/headers/${name}` }
}
