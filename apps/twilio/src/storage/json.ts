// JSON columns are read defensively: a row that somebody changed by hand must not break its neighbours.

/** An object of texts; what is not text is left out. */
export function readTextRecord(json: string): Record<string, string> {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null) return {}
  // `fromEntries` defines keys, so that `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}

/** A list; anything else is an empty one. */
export function readList(json: string): unknown[] {
  const value: unknown = JSON.parse(json)
  return Array.isArray(value) ? value : []
}

/** A list of texts; what is not text is left out. */
export function readTexts(json: string): string[] {
  return readList(json).filter((one) => typeof one === 'string')
}
