// The wire speaks snake_case, as the table does; the client speaks the names of the in-process API, so
// that a call reads alike whether the app is mounted here or stands elsewhere.

type CamelName<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelName<Tail>>}`
  : Name

/** A shape of the wire with its names in camelCase. Records, such as `metadata`, keep their keys. */
export type Camel<Shape> = Shape extends readonly (infer Item)[]
  ? Camel<Item>[]
  : Shape extends object
    ? string extends keyof Shape
      ? Shape
      : { [Name in keyof Shape as CamelName<Name & string>]: Camel<Shape[Name]> }
    : Shape

/** The fields of a request as they go out. */
export function toWire(input: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}

/** An answer as it is handed over. */
export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      name === 'metadata' ? inner : fromWire(inner),
    ]),
  )
}
