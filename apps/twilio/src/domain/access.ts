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
