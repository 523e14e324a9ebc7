import type { ReceivedCallback } from '../../provider/callback-variants.ts'
import { fieldsOf } from '../command.ts'
import { splitWords } from './shell-words.ts'

/**
 * Callbacks from whatever somebody has at hand: JSON of `sms.callbacks.refused()` (one or a list), the
 * text of an HTTP request, or a curl line. Answers none where it is nothing of these.
 */
export function readCallbacks(text: string): ReceivedCallback[] {
  const trimmed = text.trim()
  if (/^[[{]/.test(trimmed)) return readJson(trimmed)
  const found = /^(\$ )?curl\s/.test(trimmed) ? readCurl(trimmed) : readHttp(text.trimStart())
  return found ? [found] : []
}

function readJson(text: string): ReceivedCallback[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.flatMap((one) => readObject(one) ?? [])
}

function readObject(value: unknown): ReceivedCallback | undefined {
  const fields = fieldsOf(value)
  const [url, body, headers] = [fields.get('url'), fields.get('body'), fields.get('headers')]
  if (typeof url !== 'string' || typeof headers !== 'object' || headers === null) return undefined
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const names = Object.entries(headers).map(([name, one]): [string, string] => [name, String(one)])
  return { url, body: text, headers: lowerNames(names) }
}

function readHttp(text: string): ReceivedCallback | undefined {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/)
  const [first = '', ...lines] = head.split(/\r?\n/)
  const url = /^[A-Z]+ (\S+)(?: HTTP\/[\d.]+)?$/.exec(first.trim())?.[1]
  if (url === undefined) return undefined
  return { url, headers: lowerNames(lines.flatMap(readHeader)), body: rest.join('\r\n\r\n') }
}

function readHeader(line: string): [string, string][] {
  const [, name, value] = /^([\w-]+): ?(.*)$/.exec(line.trim()) ?? []
  return name === undefined || value === undefined ? [] : [[name, value.trim()]]
}

function readCurl(line: string): ReceivedCallback | undefined {
  const words = splitWords(line.replace(/^\$ /, '')).slice(1)
  const headers: [string, string][] = []
  const data: string[] = []
  let url: string | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (/^(-H|--header)$/.test(word)) headers.push(...readHeader(words[++i] ?? ''))
    else if (/^(-d|--data(-raw|-binary|-ascii)?)$/.test(word)) data.push(words[++i] ?? '')
    else if (word === '--data-urlencode') data.push(encoded(words[++i] ?? ''))
    else if (word === '--url') url = words[++i]
    else if (/^(-X|--request|-u|--user|-o|--output|-m|--max-time)$/.test(word)) i++
    else if (!word.startsWith('-')) url ??= word
  }
  if (url === undefined) return undefined
  // Curl takes a bare host for http.
  const whole = /^[a-z]+:\/\//i.test(url) || url.startsWith('/') ? url : `http://${url}`
  return { url: whole, headers: lowerNames(headers), body: data.join('&') }
}

function encoded(field: string): string {
  const at = field.indexOf('=')
  if (at < 0) return encodeURIComponent(field)
  return `${field.slice(0, at)}=${encodeURIComponent(field.slice(at + 1))}`
}

/** A header that came twice is joined by a comma, as the server does it. */
function lowerNames(headers: readonly [string, string][]): Record<string, string> {
  const lower: Record<string, string> = {}
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    lower[key] = lower[key] === undefined ? value : `${lower[key]}, ${value}`
  }
  return lower
}
