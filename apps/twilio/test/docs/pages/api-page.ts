import { endpoints } from '../../../src/routes/index.ts'
import { dumpOpenApi } from '../../../src/routes/openapi/dump.ts'
import { problems } from '../../../src/routes/problems.ts'
import { codeOf, readDocument, rowsOf, sectionOf } from '../markdown.ts'

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

/** Every endpoint in one table, with who may call it. */
function overview({ paths }: Document): string[] {
  const rows = Object.values(endpoints).map(({ method, path, scope }) => {
    const summary = paths[path]?.[method.toLowerCase()]?.summary
    return `| \`${method} ${path}\` | ${scope === 'public' ? 'none' : `\`${scope}\``} | ${summary} |`
  })
  return ['## Endpoints', '', '| method and path | scope | does |', '|---|---|---|', ...rows, '']
}

/** Every problem, with the words of the page as it stands; a new one gets its title. */
function errors(page: string): string[] {
  const known = new Map(
    rowsOf(sectionOf(page, '## Errors')).map(([code = '', , words]) => [codeOf(code), words]),
  )
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${known.get(code) ?? title} |`,
  )
  const words =
    'Problem documents ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). `code` is the contract, words may change; `errors` names fields; `request_id` is also in the header `x-request-id` and, as `requestId`, in the log line of a 500 or 503. 429 and 503 carry `Retry-After`.'
  return ['## Errors', '', words, '', '| code | status | when |', '|---|---|---|', ...rows, '']
}

/** docs/api.md, from the description that the app answers at `/openapi.json`. */
export function apiPage(page: string = readDocument('docs/api.md')): string {
  const document = JSON.parse(dumpOpenApi()) as Document
  const lines = ['# The API', '']
  lines.push(
    'For people. For programs there is [openapi.json](openapi.json), which this page is made from; a test compares them. A running app answers it at `/openapi.json`, with its own address. Programs in TypeScript have [a typed client](client.md).',
    '',
    document.info.description,
    '',
    ...overview(document),
    ...errors(page),
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
