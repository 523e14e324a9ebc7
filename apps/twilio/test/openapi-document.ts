import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

/** The parts of an OpenAPI document that tests walk through. */
export interface Document {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, JsonSchema>
    examples: Record<string, Example>
    headers: Record<string, unknown>
  }
}

export type JsonSchema = Record<string, unknown>

export interface Example {
  summary?: string
  value?: unknown
  $ref?: string
}

export interface Media {
  schema: JsonSchema
  examples?: Record<string, Example>
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description: string
  security: Record<string, unknown>[]
  parameters?: { name: string; in: string; required: boolean; schema: JsonSchema }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<
    string,
    { description: string; headers: Record<string, unknown>; content?: Record<string, Media> }
  >
}

/** An operation with where it stands. */
export interface Placed extends Operation {
  method: string
  path: string
}

/** Every operation of the document. */
export function operationsOf(document: Document): Placed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
}

/** Checks values against the schemas of one document. */
export interface Checker {
  /** What is wrong with the value, `undefined` when nothing is. */
  wrong(schema: JsonSchema, value: unknown): string | undefined
}

/**
 * The document says what answers hold and leaves room for more. `closed` takes the room away: what is
 * answered today must be in it.
 */
export function createChecker(document: Document, room: 'open' | 'closed'): Checker {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  ;(formats as unknown as (ajv: Ajv2020) => void)(ajv)
  const whole = structuredClone(document)
  if (room === 'closed') {
    for (const schema of Object.values(whole.components.schemas)) {
      if (schema['properties'] && schema['additionalProperties'] === undefined) {
        schema['additionalProperties'] = false
      }
    }
  }
  ajv.addSchema({ $id: 'https://document.test/', components: whole.components })
  const known = new WeakMap<JsonSchema, ValidateFunction>()

  return {
    wrong(schema, value) {
      let validate = known.get(schema)
      if (!validate) {
        const text = JSON.stringify(schema).replaceAll(
          '"#/components',
          '"https://document.test/#/components',
        )
        validate = ajv.compile(JSON.parse(text) as JsonSchema)
        known.set(schema, validate)
      }
      return validate(value) ? undefined : ajv.errorsText(validate.errors)
    },
  }
}
