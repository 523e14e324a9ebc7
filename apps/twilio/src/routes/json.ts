import type { FieldError } from './problems.ts'

/** The ways reading a JSON text can end. */
export type JsonReading =
  | { kind: 'json'; value: unknown }
  | { kind: 'not-json' }
  | { kind: 'flawed'; error: FieldError }

// Fatal: a broken byte sequence must not become a question mark in somebody's message.
const utf8 = new TextDecoder('utf-8', { fatal: true })

const deepest = 10
const longestName = 100

/** Reads JSON from bytes, and refuses what would pass every schema and do harm later. */
export function readJson(bytes: Uint8Array): JsonReading {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch {
    return { kind: 'not-json' }
  }
  const error = flawOf(value, 0)
  return error ? { kind: 'flawed', error } : { kind: 'json', value }
}

/** The first thing in a value that no field may hold, wherever it stands. */
function flawOf(value: unknown, depth: number): FieldError | undefined {
  if (typeof value === 'string') return flawOfText(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === deepest) {
    return { field: '', code: 'too-deep', message: `is nested more than ${deepest} deep` }
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const flaw = flawOf(value[i], depth + 1)
      if (flaw) return under(String(i), flaw)
    }
    return undefined
  }
  for (const [key, inner] of Object.entries(value)) {
    // JSON.parse makes it a plain field, but whoever copies the object would set its prototype.
    if (key === '__proto__') {
      return { field: key, code: 'unknown-field', message: 'is not a field of this request' }
    }
    const flaw = flawOfText(key) ?? flawOf(inner, depth + 1)
    if (flaw) return under(key, flaw)
  }
  return undefined
}

// PostgreSQL stores no NUL, and half a surrogate pair has no UTF-8: it would reach the carrier as
// another text than the one we keep.
function flawOfText(text: string): FieldError | undefined {
  if (text.includes('\0')) return { field: '', code: 'invalid-text', message: 'holds a NUL' }
  if (!text.isWellFormed()) {
    return { field: '', code: 'invalid-text', message: 'holds half a surrogate pair' }
  }
  return undefined
}

function under(key: string, flaw: FieldError): FieldError {
  const field = flaw.field === '' ? key : `${key}.${flaw.field}`
  return { ...flaw, field: field.toWellFormed().slice(0, longestName) }
}
