// The public API's own description, as far as the pages read it.

interface Media {
  examples?: Record<string, { value?: unknown; $ref?: string }>
}

interface Parameter {
  name?: string
  in?: string
  required?: boolean
  description?: string
  schema?: { examples?: unknown[] }
}

interface Described {
  operationId: string
  summary: string
  description?: string
  tags?: string[]
  security?: Record<string, unknown>[]
  parameters?: Parameter[]
  requestBody?: { content?: Record<string, Media> }
}

/** `/openapi.json`. */
export interface Document {
  paths: Record<string, Record<string, Described>>
  components?: { examples?: Record<string, { value?: unknown }> }
}

/** One thing the API can do, ready to be shown and tried. */
export interface Operation {
  id: string
  method: string
  path: string
  summary: string
  description: string
  group: string
  /** Whether a key is asked for. */
  needsKey: boolean
  /** The names in the path. */
  names: string[]
  /** An example of the body, as text; undefined for calls without one. */
  body: string | undefined
  /** False for what only Twilio can call: its signature cannot be made up here. */
  canTry: boolean
}

/** Every operation in the order of the document. */
export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]): Operation => {
      const { operationId: id, summary, description = '', tags = [], security = [] } = described
      const content = described.requestBody?.content
      const json = content?.['application/json']
      const schemes = security.flatMap((one) => Object.keys(one))
      return {
        id,
        method: method.toUpperCase(),
        path,
        summary,
        description,
        group: tags[0] ?? 'Other',
        needsKey: schemes.includes('apiKey'),
        names: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
        body: json && JSON.stringify(exampleOf(json, document), null, 2),
        canTry: content === undefined || json !== undefined,
      }
    }),
  )
}

function exampleOf({ examples = {} }: Media, { components }: Document): unknown {
  const [first] = Object.values(examples)
  const name = first?.$ref?.split('/').at(-1)
  return first?.value ?? components?.examples?.[name ?? '']?.value ?? {}
}
