import { ok } from './answers.ts'
import type { Answer } from './answers.ts'
import type { FieldError } from './field-reader.ts'
import { toWire } from './wire.ts'

/** What the control API answers: lists under their name, and what was wrong. */
export function list(name: string, values: readonly unknown[]): Answer {
  return ok({ [name]: toWire(values) })
}

export function invalid(fields: FieldError[]): Answer {
  return problem(400, 'invalid-body', 'The body has wrong or missing fields.', { fields })
}

export function problem(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: { error: { code, message, ...more } } }
}
