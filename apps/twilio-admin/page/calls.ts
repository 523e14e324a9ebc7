import type { Operation } from './openapi.ts'
import { publicAddress, quote } from './words.ts'

/** A call with what was typed into it. */
export interface Call {
  operation: Operation
  base: string
  names: Record<string, string>
  body: string
}

/** Path with its names filled in; a name that is missing stays to be seen. */
export function pathOf({ operation: { path }, names }: Call): string {
  return path.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    names[name] ? encodeURIComponent(names[name]) : whole,
  )
}

/** A line for a shell. The key is the shell's own: a page must not put it on a clipboard. */
export function curlOf(call: Call): string {
  const { operation } = call
  return [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}${quote(addressOf(call))}`,
    ...(operation.needsKey ? ['-H "authorization: Bearer $HSB_TWILIO_KEY"'] : []),
    ...(operation.body === undefined
      ? []
      : ["-H 'content-type: application/json'", `-d ${quote(flat(call.body))}`]),
  ].join(' \\\n  ')
}

/** The same in TypeScript, for any runtime that has `fetch`. */
export function scriptOf(call: Call): string {
  const { operation } = call
  const isSending = operation.body !== undefined
  const headers = [
    ...(operation.needsKey ? ['    authorization: `Bearer ${key}`,'] : []),
    ...(isSending ? ["    'content-type': 'application/json',"] : []),
  ]
  const options = [
    ...(operation.method === 'GET' ? [] : [`  method: '${operation.method}',`]),
    ...(headers.length > 0 ? ['  headers: {', ...headers, '  },'] : []),
    ...(isSending ? [`  body: JSON.stringify(${flat(call.body)}),`] : []),
  ]
  const address = JSON.stringify(addressOf(call))
  return [
    options.length > 0
      ? `const response = await fetch(${address}, {\n${options.join('\n')}\n})`
      : `const response = await fetch(${address})`,
    'const answer: unknown = await response.json()',
  ].join('\n')
}

function addressOf(call: Call): string {
  return publicAddress(call.base, pathOf(call))
}

function flat(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}
