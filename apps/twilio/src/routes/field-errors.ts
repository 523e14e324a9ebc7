import type { z } from 'zod'
import type { FieldError } from './problems.ts'

const mostErrors = 20
const longestName = 100

/** What the schema found, in words of the wire, at most twenty. */
export function fieldErrors(error: z.core.$ZodError, value: unknown): FieldError[] {
  return error.issues.flatMap((issue) => errorsOf(issue, value)).slice(0, mostErrors)
}

function errorsOf(issue: z.core.$ZodIssue, value: unknown): FieldError[] {
  const field = issue.path.map(String).join('.').slice(0, longestName)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostErrors).map((key) => ({
      field: [...issue.path.map(String), key].join('.').slice(0, longestName),
      code: 'unknown-field',
      message: 'is not a field of this request',
    }))
  }
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) {
    return [{ field, code: 'required', message: 'is missing' }]
  }
  return [{ field, code: issue.code.replaceAll('_', '-'), message: issue.message }]
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = Reflect.get(at, step)
  }
  return at
}
