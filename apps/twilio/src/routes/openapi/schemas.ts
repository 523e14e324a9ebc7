import { z } from 'zod'

/** A JSON Schema (2020-12), the dialect of OpenAPI 3.1. */
export type Schema = Record<string, unknown>

/** The schemas of one document: those with a name are written once and pointed to. */
export interface Schemas {
  /** The schema of what is sent to us (`input`) or by us (`output`). */
  write(schema: z.ZodType, io: 'input' | 'output'): Schema
  /** Every named schema so far, by name. */
  named(): Record<string, Schema>
}

/** Starts with no schema. Throws when two different schemas claim one name. */
export function createSchemas(): Schemas {
  const components = new Map<string, Schema>()

  function keep(name: string, schema: Schema): void {
    const known = components.get(name)
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two schemas are named ${name}`)
    }
    components.set(name, schema)
  }

  return {
    write(schema, io) {
      const made = z.toJSONSchema(schema, {
        target: 'draft-2020-12',
        io,
        override: ({ jsonSchema }) => tidy(jsonSchema, io),
      })
      const { $schema: _, $defs, ...root } = relinked(made)
      for (const [name, one] of Object.entries(isSchema($defs) ? $defs : {})) {
        if (isSchema(one)) keep(name, one)
      }
      return root
    },
    named: () =>
      Object.fromEntries([...components].toSorted(([one], [other]) => (one < other ? -1 : 1))),
  }
}

function tidy(schema: Schema, io: 'input' | 'output'): void {
  // The format says the same; these patterns are 60 to 400 characters of noise.
  if (schema['format'] === 'date-time' || schema['format'] === 'uuid') delete schema['pattern']
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum']
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum']
  // A later version may answer more fields; programs made from this document must not break on them.
  if (io === 'output' && schema['additionalProperties'] === false) {
    delete schema['additionalProperties']
  }
  if (schema['example'] !== undefined) {
    schema['examples'] = [schema['example']]
    delete schema['example']
  }
}

/** Points to the components of the document instead of the definitions of one schema. */
function relinked(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).map(([key, inner]) => [
      key,
      key === '$ref' ? moved(inner) : deep(inner),
    ]),
  )
}

function moved(ref: unknown): unknown {
  return String(ref).replace('#/$defs/', '#/components/schemas/')
}

function deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deep)
  return isSchema(value) ? relinked(value) : value
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
