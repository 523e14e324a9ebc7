// Reading values out of Twilio's JSON. A key that is missing, null or of another type is
// `undefined`: Twilio adds and empties fields without notice, and a sent message must not turn into
// an error because of that.

/** A JSON object whose values nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's message quotes the text, so it must not travel on.
    return undefined
  }
}

export function textAt(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

/** A whole number; v2010 writes some of them as strings. */
export function integerAt(object: JsonObject, key: string): number | undefined {
  const value = object[key]
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

export function booleanAt(object: JsonObject, key: string): boolean | undefined {
  const value = object[key]
  return typeof value === 'boolean' ? value : undefined
}

/** A time: RFC 2822 in the v2010 API, ISO 8601 in the others. */
export function dateAt(object: JsonObject, key: string): Date | undefined {
  const value = object[key]
  if (typeof value !== 'string') return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key]
  return isObject(value) ? value : undefined
}

export function listAt(object: JsonObject, key: string): readonly unknown[] | undefined {
  const value = object[key]
  return Array.isArray(value) ? value : undefined
}

/** One of the given words, compared without case; any other word is `unknown`. */
export function wordAt<Word extends string>(
  object: JsonObject,
  key: string,
  words: readonly Word[],
): Word | 'unknown' {
  return wordOf(textAt(object, key), words)
}

export function wordOf<Word extends string>(
  text: string | undefined,
  words: readonly Word[],
): Word | 'unknown' {
  const lower = text?.toLowerCase()
  return words.find((word) => word === lower) ?? 'unknown'
}
