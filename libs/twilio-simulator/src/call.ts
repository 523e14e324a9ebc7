import type { Answer } from './answers.ts'
import type { Operation } from './behaviours.ts'

/** A request to Twilio's API after its credentials were accepted. */
export interface Call {
  method: string
  /** Without query, decoded only where a segment is used. */
  path: string
  query: URLSearchParams
  form: URLSearchParams
  /** Scheme, host and port of the simulator as the caller sees it. */
  origin: string
  account: 'live' | 'test'
  credentials: 'auth-token' | 'api-key'
}

/** What a call means: who answers it, and what a behaviour needs to know about it. */
export interface Route {
  operation: Operation | undefined
  /** The phone number it is about. */
  to: string | undefined
  run: () => Answer | Promise<Answer>
}

/** A call that no behaviour disturbs by name and that is about no number. */
export function plainRoute(run: Route['run']): Route {
  return { operation: undefined, to: undefined, run }
}

/** The parts of a path that match a pattern like `/v2/Services/:sid`, decoded. */
export function matchPath(pattern: string, path: string): string[] | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const values: string[] = []
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    const suffix = part.endsWith('.json') ? '.json' : ''
    if (!part.startsWith(':')) {
      if (part !== value) return undefined
    } else {
      if (!value.endsWith(suffix) || value.length === suffix.length) return undefined
      values.push(decode(value.slice(0, value.length - suffix.length)))
    }
  }
  return values
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
