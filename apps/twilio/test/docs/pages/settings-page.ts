import { z } from 'zod'
import { readSettings, settingsShape } from '../../../src/config.ts'
import { defaultsOf, least, written } from '../defaults.ts'
import { codeOf, readDocument, rowsOf } from '../markdown.ts'

const path = 'docs/settings.md'

/** What of a JSON Schema a row tells. */
interface Shape {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Shape[]
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  additionalProperties?: boolean | Shape
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
}

/** Every setting with its shape; what is an object of one choice stands for itself. */
function settingsOf(shape: Shape, prefix = ''): [string, Shape][] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, one]): [string, Shape][] => {
    const given = one.default !== undefined || shape.required?.includes(name) === true
    return one.properties && given
      ? settingsOf(one, `${prefix}${name}.`)
      : [[`${prefix}${name}`, one]]
  })
}

function number(value: number): string {
  return value.toLocaleString('en')
}

/** The values that a setting takes, where the schema knows. */
function allowed(shape: Shape): string {
  if (shape.anyOf) return shape.anyOf.map(allowed).filter(Boolean).join(' or ')
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``
  if (shape.enum) return shape.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  const { minimum, maximum, minLength, maxLength, maxItems } = shape
  switch (shape.type) {
    case 'integer':
      return maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER
        ? `from ${number(minimum ?? 0)}`
        : `${number(minimum ?? 0)} to ${number(maximum)}`
    case 'boolean':
      return '`true`, `false`'
    case 'string':
      return minLength !== undefined && minLength > 1
        ? `text, ${minLength}${maxLength === undefined ? ' or more' : ` to ${maxLength}`} characters`
        : `text${maxLength === undefined ? '' : `, up to ${maxLength} characters`}`
    case 'array': {
      const most = maxItems === undefined ? '' : ` of up to ${maxItems}`
      const isLimit = shape.items?.properties?.['windowSeconds'] !== undefined
      return isLimit ? `limits${most}` : `list${most}: ${allowed(shape.items ?? {})}`
    }
    case 'object':
      if (shape.properties) return `\`{ ${Object.keys(shape.properties).join(', ')} }\``
      return typeof shape.additionalProperties === 'object'
        ? `by name: ${allowed(shape.additionalProperties)}`
        : ''
    case undefined:
    default:
      return ''
  }
}

/** The words of each setting: those of the page itself. */
function meanings(page: string): Map<string, string> {
  const known = new Map<string, string>()
  for (const [name = '', , , meaning] of rowsOf(page)) {
    const setting = codeOf(name)
    if (setting !== undefined && meaning) known.set(setting, meaning)
  }
  return known
}

/** docs/settings.md: the rows from the schema, the words from the page as it stands. */
export function settingsPage(page: string = readDocument(path)): string {
  const shape = z.toJSONSchema(settingsShape, { io: 'input', unrepresentable: 'any' }) as Shape
  const defaults = new Map(defaultsOf(readSettings(least)))
  const required = new Set(['twilio.accountSid', 'twilio.authToken', 'publicUrl'])
  const words = meanings(page)
  const groups = Map.groupBy(settingsOf(shape), ([name]) =>
    name.includes('.') ? (name.split('.')[0] ?? '') : 'the app',
  )
  const sections = [...groups].map(([group, settings]) => {
    const rows = settings.map(([name, one]) => {
      const meaning = words.get(name)
      if (meaning === undefined) throw new Error(`${path} has no row with words for ${name}`)
      const value = required.has(name)
        ? 'required'
        : defaults.has(name) && name !== 'twilio.defaultFrom'
          ? `\`${written(defaults.get(name))}\``
          : 'none'
      return `| \`${name}\` | ${value} | ${allowed(one)} | ${meaning} |`
    })
    const head = '| setting | default | takes | meaning |\n|---|---|---|---|'
    return `## ${group}\n\n${head}\n${rows.join('\n')}\n`
  })
  const start = page.search(/^## /m)
  const end = page.indexOf('\n## How limits count')
  if (start < 0 || end < 0) throw new Error(`${path} has lost its frame`)
  return `${page.slice(0, start)}${sections.join('\n')}${page.slice(end)}`
}
