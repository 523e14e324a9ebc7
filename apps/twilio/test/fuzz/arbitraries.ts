import * as fc from 'fast-check'
import type { Document, JsonSchema } from '../openapi-document.ts'

/** Values for fields that mean something only when they are known: by the name of the field. */
export type Words = Record<string, fc.Arbitrary<unknown>>

/** Values that a schema lets pass. Knows the part of JSON Schema that the document uses. */
export function valuesOf(
  schema: JsonSchema,
  document: Document,
  words: Words = {},
): fc.Arbitrary<unknown> {
  const { $ref, enum: choices, properties, additionalProperties, anyOf, type } = schema
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? ''
    return valuesOf(document.components.schemas[name] ?? {}, document, words)
  }
  if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]))
  if (Array.isArray(anyOf)) {
    return fc.oneof(...(anyOf as JsonSchema[]).map((one) => valuesOf(one, document, words)))
  }
  switch (type) {
    case 'object': {
      if (!properties) return recordsOf(schema, additionalProperties as JsonSchema, document)
      const fields = Object.entries(properties as Record<string, JsonSchema>).map(
        ([name, one]): [string, fc.Arbitrary<unknown>] => {
          const own = valuesOf(one, document, words)
          const known = words[name]
          return [name, known ? fc.oneof({ weight: 6, arbitrary: known }, own) : own]
        },
      )
      const requiredKeys = (schema['required'] ?? []) as string[]
      return fc.record(Object.fromEntries(fields), { requiredKeys })
    }
    case 'string':
      return textsOf(schema)
    case 'integer':
      return fc.integer()
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valuesOf(schema['items'] as JsonSchema, document, words), { maxLength: 4 })
    default:
      throw new Error(`the fuzz knows no values of ${JSON.stringify(schema)}`)
  }
}

function recordsOf(
  schema: JsonSchema,
  values: JsonSchema,
  document: Document,
): fc.Arbitrary<unknown> {
  const keys = textsOf((schema['propertyNames'] ?? {}) as JsonSchema)
  const maxKeys = Math.min(Number(schema['maxProperties'] ?? 5), 20)
  // Of `__proto__` fast-check makes a prototype, not a field; the hostile bodies have it as text.
  return fc.dictionary(
    keys.filter((key) => key !== '__proto__'),
    valuesOf(values, document),
    { maxKeys },
  )
}

function textsOf(schema: JsonSchema): fc.Arbitrary<string> {
  const { pattern, format, minLength = 0, maxLength = 300 } = schema
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern))
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') return momentsOf()
  const size = { minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 300) }
  return fc.oneof(fc.string({ ...size, unit: 'grapheme' }), fc.string(size))
}

/** Around the day of the test clock, and anywhere. */
function momentsOf(): fc.Arbitrary<string> {
  const days = { min: new Date('2026-10-30'), max: new Date('2026-12-20') }
  const near = fc.date({ ...days, noInvalidDate: true })
  const any = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
  return fc
    .tuple(fc.oneof(near, any), fc.constantFrom('Z', '+00:00', '-11:30', '+14:00'))
    .map(([date, zone]) => date.toISOString().replace('Z', zone))
}

// prettier-ignore
const nasty: unknown[] = [
  null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], '', ' ', '\0', '\ud800', '\u202e',
  '__proto__', 'constructor', "' OR 1=1 --", '${7*7}', '../../etc/passwd', '<script>', '+1',
  '+999999999999999', '١٢٣٤٥٦', '2026-02-30T00:00:00Z', 'x'.repeat(2_000), { toString: 1 },
  { length: 1e9 }, Array.from({ length: 500 }, () => 'x'),
  JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`),
]

/** What breaks programs, where a value of another kind was expected. */
export const nastyValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...nasty),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 100 }),
)

/** A valid body with one thing wrong. */
export function spoilt(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(bodies, fc.nat(), nastyValues, fc.constantFrom('drop', 'add', 'replace', 'wrap'))
    .map(([body, pick, value, how]) => {
      if (how === 'wrap' || typeof body !== 'object' || body === null) return [body]
      const names = Object.keys(body)
      const name = names[pick % Math.max(1, names.length)] ?? 'x'
      if (how === 'add') return { ...body, [`x_${pick % 7}`]: value }
      if (how === 'replace') return { ...body, [name]: value }
      return Object.fromEntries(Object.entries(body).filter(([one]) => one !== name))
    })
}

/** Bodies that are no JSON, or more of it than anybody wants. */
export const hostileBodies: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
  fc.constantFrom<string>(
    '',
    '{"to_phone":',
    'null',
    '"x"',
    '{"a":1}x',
    '\ufeff{}',
    '{"a":1,"a":2}',
    '{"__proto__":{"admin":true},"to_phone":"+14155552671","message":"x"}',
    '{"constructor":{"prototype":{"x":1}}}',
    `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    `{"message":"${'x'.repeat(70_000)}"}`,
    '{"to_phone":"\\ud800","message":"\\u0000"}',
  ),
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => text.isWellFormed()),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
)
