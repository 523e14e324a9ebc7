import type { z } from 'zod'
import type { Mishap } from './body-watch.ts'
import type { Call, RequestShape } from './contract.ts'
import { fieldErrors } from './field-errors.ts'
import { readJson } from './json.ts'
import { maxBodyBytes, type PlainRequest } from './plain.ts'
import { type Problem, problem } from './problems.ts'

/** Reads the body into the call, or says what is wrong with it. */
export async function takeBody(
  shape: RequestShape,
  call: Call,
  request: PlainRequest,
  watch: (mishap: Mishap, request: PlainRequest) => void,
): Promise<Problem | undefined> {
  const { headers } = request
  const hasType = shape.form
    ? isFormType(headers['content-type'])
    : isJsonType(headers['content-type'])
  const coding = headers['content-encoding']
  // Nothing is unpacked here: 64 KiB could hold gigabytes.
  if (!hasType || (coding !== undefined && coding !== 'identity')) {
    return problem('unsupported-media-type', {
      detail: `It must be ${shape.form ? 'application/x-www-form-urlencoded' : 'application/json'}, not compressed.`,
    })
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) return problem('body-too-large')
  const bytes = await request.readBody()
  if (bytes === 'taken') {
    watch('body-taken', request)
    return problem('unreadable-body', {
      detail: 'The host took it; the log says how to mend that.',
    })
  }
  if (bytes === 'unreadable') return problem('unreadable-body')
  if (bytes === 'too-large' || bytes.length > maxBodyBytes) return problem('body-too-large')
  if (!shape.body) {
    if (!request.originalBytes) watch('bytes-not-original', request)
    call.bytes = bytes
    return undefined
  }
  const json = readJson(bytes)
  if (json.kind === 'not-json') return problem('invalid-json')
  if (json.kind === 'flawed') return problem('invalid-body', { errors: [json.error] })
  const body = shape.body.safeParse(json.value)
  if (!body.success) {
    return problem('invalid-body', { errors: fieldErrors(body.error, json.value) })
  }
  call.body = body.data
  return undefined
}

/** The query as an object of texts. A name that comes twice has no meaning here. */
export function readQuery(schema: z.ZodType, rawQuery: string): { data: unknown } | Problem {
  const given = [...new URLSearchParams(rawQuery)]
  const value = Object.fromEntries(given)
  if (Object.keys(value).length < given.length) {
    return problem('invalid-query', { detail: 'A parameter is given twice.' })
  }
  const query = schema.safeParse(value)
  return query.success
    ? { data: query.data }
    : problem('invalid-query', { errors: fieldErrors(query.error, value) })
}

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?$/i
const formType = /^application\/x-www-form-urlencoded(?:$|[ \t;])/i

/** True for `application/json`, with no other charset than UTF-8. */
function isJsonType(contentType: string | undefined): boolean {
  return (
    contentType === 'application/json' || (contentType !== undefined && jsonType.test(contentType))
  )
}

/** True for `application/x-www-form-urlencoded`, whatever its parameters. */
function isFormType(contentType: string | undefined): boolean {
  return contentType !== undefined && formType.test(contentType)
}
