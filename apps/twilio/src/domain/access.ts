import type { Role } from './role.ts'

/** What a caller may do: send messages, read them, run verifications, administer. */
export type ApiScope = 'send' | 'read' | 'verify' | 'admin'

/** Every scope. */
export const apiScopes: readonly ApiScope[] = ['send', 'read', 'verify', 'admin']

/** Who calls. Idempotency keys belong to `id`. */
export interface Principal {
  id: string
  scopes: readonly ApiScope[]
}

/** What a host may look at to tell who calls. Header names are lower case. */
export interface AccessRequest {
  method: string
  path: string
  headers: Readonly<Record<string, string | undefined>>
  /** The client's address as far as trusted proxies vouch for it. */
  clientAddress: string | undefined
}

/** The host's own decision; `undefined` refuses with 401. */
export type Authorize = (
  request: AccessRequest,
) => Principal | undefined | Promise<Principal | undefined>

/** What a caller of the admin API may do: look, act on messages, change who may do what. */
export type AdminScope = 'look' | 'operate' | 'manage'

/** Somebody at the admin pages, as the host knows him. */
export interface AdminPerson {
  /** Stands in the audit log. */
  id: string
  role: Role
}

/** The host's own decision on its admin pages; `undefined` refuses with 401. */
export type AuthorizeAdmin = (
  request: AccessRequest,
) => AdminPerson | undefined | Promise<AdminPerson | undefined>

/** Who is at the admin API, and how he came in. */
export interface AdminCaller extends AdminPerson {
  scopes: readonly AdminScope[]
  /** `key`: an API key. `open`: a browser on this machine, in development. */
  by: 'session' | 'host' | 'key' | 'open'
  /** What a browser repeats with each change; absent for keys, which no foreign page can send. */
  csrfToken: string | undefined
  /** When the session ends. */
  endsAt: number | undefined
  /** The token of the session. */
  token: string | undefined
}

/** What each role may do. */
export const scopesOf = {
  viewer: ['look'],
  operator: ['look', 'operate'],
  admin: ['look', 'operate', 'manage'],
} as const satisfies Record<Role, readonly AdminScope[]>
