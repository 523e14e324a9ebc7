import type { Endpoint } from './contract.ts'

/** What stands at a path. */
export interface Place<Tools> {
  endpoints: ReadonlyMap<string, Endpoint<Tools>>
  /** For the `Allow` header. */
  allow: string
  params: Readonly<Record<string, string>>
}

/** Finds what stands at a raw path, with or without its last slash. */
export type Router<Tools> = (path: string) => Place<Tools> | undefined

interface Pattern<Tools> {
  segments: string[]
  place: Omit<Place<Tools>, 'params'>
}

const noParams = Object.freeze({})

/** Sorts the endpoints once. Throws when two of them claim one method and path. */
export function createRouter<Tools>(
  endpoints: readonly Endpoint<Tools>[],
  basePath: string,
): Router<Tools> {
  const byPath = new Map<string, Map<string, Endpoint<Tools>>>()
  for (const endpoint of endpoints) {
    const path = basePath + endpoint.path.replace(/\/$/, '')
    const methods = byPath.get(path) ?? new Map<string, Endpoint<Tools>>()
    if (methods.has(endpoint.method)) {
      throw new Error(`two endpoints claim ${endpoint.method} ${path}`)
    }
    methods.set(endpoint.method, endpoint)
    if (endpoint.method === 'GET') methods.set('HEAD', endpoint)
    byPath.set(path, methods)
  }

  const exact = new Map<string, Place<Tools>>()
  const patterns: Pattern<Tools>[] = []
  for (const [path, methods] of byPath) {
    const place = { endpoints: methods, allow: [...methods.keys()].join(', ') }
    if (path.includes('{')) {
      patterns.push({ segments: path.split('/'), place })
    } else {
      exact.set(path, { ...place, params: noParams })
      exact.set(`${path}/`, { ...place, params: noParams })
    }
  }

  return (path) => exact.get(path) ?? matchPattern(patterns, path)
}

function matchPattern<Tools>(
  patterns: readonly Pattern<Tools>[],
  path: string,
): Place<Tools> | undefined {
  const segments = (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
  for (const pattern of patterns) {
    const params = paramsOf(pattern.segments, segments)
    if (params) return { ...pattern.place, params }
  }
  return undefined
}

function paramsOf(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (let i = 0; i < pattern.length; i++) {
    const expected = pattern[i] ?? ''
    const found = segments[i] ?? ''
    if (expected.startsWith('{')) {
      if (found === '') return undefined
      params[expected.slice(1, -1)] = decode(found)
    } else if (expected !== found) {
      return undefined
    }
  }
  return params
}

/** A segment that is no valid escape stays as it is, and then fails its schema. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
