import type { Settings } from '../config.ts'
import { type AccessRequest, apiScopes, type Authorize, type Principal } from '../domain/access.ts'
import type { ApiKeys } from '../services/api-keys.ts'

/** What decides who may call. */
export interface AccessParts {
  settings: Settings
  apiKeys?: ApiKeys | undefined
  /** Lets a program on this machine in without a key, with every scope: for development only. */
  openOnLoopback?: boolean | undefined
}

/** The host's own `authorize` where it gave one; else API keys, else, if asked for, this machine. */
export function createAuthorize(parts: AccessParts): Authorize {
  const { settings, apiKeys, openOnLoopback = false } = parts
  if (settings.authorize) return settings.authorize
  return (request) => {
    const token = bearerOf(request.headers['authorization'])
    if (token !== undefined) return apiKeys?.principalOf(token)
    return openOnLoopback && isLocal(request) ? localPrincipal : undefined
  }
}

/**
 * Why a server must not listen on this host, `undefined` when it may. An API that asks nobody who he
 * is may only be reached from the machine itself.
 */
export function refusesOpenHost(server: {
  host: string | undefined
  settings: Settings
  hasApiKeys: boolean
}): string | undefined {
  const { host, settings, hasApiKeys } = server
  if (settings.authorize || hasApiKeys) return undefined
  if (host !== undefined && isLoopback(host)) return undefined
  return `${host ?? 'every address'} can be reached by others, and there is neither an API key nor authorize`
}

const localPrincipal: Principal = { id: 'local', scopes: apiScopes }

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return header.slice(7).trim()
}

const relayHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via']

/**
 * A connection from this machine may still carry a stranger: a proxy or tunnel in front adds a
 * header, and a page in the browser that had its name pointed at 127.0.0.1 sends that name as `Host`.
 */
export function isLocal(request: AccessRequest): boolean {
  const { headers, clientAddress } = request
  if (clientAddress === undefined || !isLoopback(clientAddress)) return false
  if (relayHeaders.some((name) => headers[name] !== undefined)) return false
  const host = headers['host'] ?? ''
  return isLoopback(host.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1'))
}

function isLoopback(host: string): boolean {
  return (
    host.toLowerCase() === 'localhost' ||
    host === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
  )
}
