import { dumpOpenApi } from '../../../src/routes/openapi/dump.ts'

interface Schema {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  description?: string
  format?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

interface Content {
  schema?: Schema
  examples?: Record<string, { summary?: string; value?: unknown }>
}

interface Operation {
  summary: string
  description: string
  tags: string[]
  parameters?: { name: string; in: string; required: boolean; description?: string }[]
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { description: string; content?: Record<string, Content> }>
}

interface Document {
  info: { description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

function nameOf({ $ref = '' }: Schema): string {
  return $ref.split('/').at(-1) ?? ''
}

function linkTo(name: string): string {
  return `[${name}](#${name.toLowerCase()})`
}

/** The kind of a value, in a cell. */
function kindOf(schema: Schema): string {
  if (schema.$ref !== undefined) return linkTo(nameOf(schema))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map(kindOf))].join(' or ')
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  if (words) return words.map((one) => `\`${String(one)}\``).join(', ')
  const types = [schema.type ?? 'anything'].flat().join(' or ')
  const { minimum, maximum, minLength, maxLength } = schema
  const least = minimum ?? minLength
  const most = maximum ?? maxLength
  const isBounded = most !== undefined && most < Number.MAX_SAFE_INTEGER
  const bounds = isBounded ? `, ${least ?? 0} to ${most}` : ''
  if (schema.items) return `list of ${kindOf(schema.items)}`
  return `${types}${schema.format === undefined ? '' : ` (${schema.format})`}${bounds}`
}

function fields(schema: Schema): string[] {
  const rows = Object.entries(schema.properties ?? {}).map(([name, one]) => {
    const must = schema.required?.includes(name) === true ? 'yes' : ''
    const words = (one.description ?? '').replaceAll('\n', ' ').replaceAll('|', '\\|')
    return `| \`${name}\` | ${kindOf(one)} | ${must} | ${words} |`
  })
  return ['| field | is | always | meaning |', '|---|---|---|---|', ...rows, '']
}

function example(content: Content): string[] {
  return Object.values(content.examples ?? {}).flatMap(({ summary = '', value }) =>
    value === undefined
      ? []
      : [`${summary}:`, '', '```json', JSON.stringify(value, null, 2), '```', ''],
  )
}

function describe(path: string, method: string, operation: Operation): string[] {
  const lines = [`### ${method.toUpperCase()} ${path}`, '', operation.summary + '.', '']
  lines.push(operation.description, '')
  const parameters = operation.parameters ?? []
  if (parameters.length > 0) {
    lines.push('| parameter | in | must | meaning |', '|---|---|---|---|')
    for (const { name, in: place, required, description = '' } of parameters) {
      lines.push(`| \`${name}\` | ${place} | ${required ? 'yes' : ''} | ${description} |`)
    }
    lines.push('')
  }
  for (const [type, content] of Object.entries(operation.requestBody?.content ?? {})) {
    lines.push(`Takes \`${type}\`: ${kindOf(content.schema ?? {})}.`, '')
    if (type === 'application/json') lines.push(...example(content))
  }
  lines.push('| answer | body | when |', '|---|---|---|')
  for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
    const [type = ''] = Object.keys(content)
    const isProblem = type === 'application/problem+json'
    const kind = isProblem ? linkTo('Problem') : kindOf(content[type]?.schema ?? {})
    const body = type === '' ? '' : kind
    lines.push(`| ${status} | ${body} | ${description.trim().replaceAll(/\n+/g, '<br>')} |`)
  }
  return [...lines, '']
}

/** docs/api.md, from the description that the app answers at `/openapi.json`. */
export function apiPage(): string {
  const document = JSON.parse(dumpOpenApi()) as Document
  const lines = ['# The API', '']
  lines.push(
    'For people. For programs there is [openapi.json](openapi.json), which this page is made from; a test compares them. A running app answers it at `/openapi.json`, with its own address. The typed client is in [the README](../README.md#the-typed-client).',
    '',
    document.info.description,
    '',
  )
  for (const { name, description } of document.tags) {
    lines.push(`## ${name}`, '', description, '')
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.tags.includes(name)) lines.push(...describe(path, method, operation))
      }
    }
  }
  lines.push('## Schemas', '')
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    lines.push(`### ${name}`, '')
    if (schema.description !== undefined) lines.push(schema.description, '')
    if (schema.properties) lines.push(...fields(schema))
    else lines.push(`${kindOf(schema)}.`, '')
  }
  return `${lines.join('\n').trimEnd()}\n`
}
