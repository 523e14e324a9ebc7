/**
 * A value as the control API writes it: keys in snake_case, dates in ISO 8601, a form as an object
 * of lists, and null for what is not there.
 */
export function toWire(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (value instanceof URLSearchParams)
    return Object.fromEntries([...new Set(value.keys())].map((name) => [name, value.getAll(name)]))
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toWire(inner),
    ]),
  )
}
