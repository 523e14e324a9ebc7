import { createHmac } from 'node:crypto'
import { type Settings } from '../../config.ts'
import {
  type AccessRequest,
  type AdminCaller,
  type AdminPerson,
  scopesOf,
} from '../../domain/access.ts'
import type { AdminSessions } from '../../services/admin-sessions.ts'
import type { ApiKeys } from '../../services/api-keys.ts'
import { isSameSecret } from '../../services/constant-time.ts'
import { bearerOf, isLocal } from '../access.ts'
import type { Caller } from '../contract.ts'
import { type Problem, problem } from '../problems.ts'
import { isSameOrigin, tokenOf } from './cookie.ts'
import { foreign } from './foreign.ts'

/** Who may call the admin API. */
export interface AdminAuthorize {
  /** Who calls, or why a change of his is refused. */
  authorize(request: AccessRequest): Promise<Caller | Problem | undefined>
  /** Who calls; nothing is refused. */
  callerOf(request: AccessRequest): Promise<AdminCaller | undefined>
}

const safeMethods = ['GET', 'HEAD']

/** A key, else the host's word where it gives one, else a session, else, if asked for, this machine. */
export function createAdminAuthorize(parts: {
  settings: Settings
  apiKeys: Pick<ApiKeys, 'principalOf'>
  sessions: Pick<AdminSessions, 'find'>
  /** Lets a browser on this machine in: for development only. */
  openOnLoopback: boolean
}): AdminAuthorize {
  const { settings, apiKeys, sessions, openOnLoopback } = parts
  const { authorize, readOnly } = settings.admin

  function enter(
    { id, role: given }: AdminPerson,
    how: Pick<AdminCaller, 'by' | 'csrfToken'> & Partial<AdminCaller>,
  ): AdminCaller {
    const role = readOnly ? 'viewer' : given
    return { endsAt: undefined, token: undefined, ...how, id, role, scopes: scopesOf[role] }
  }

  /** Without a session it is made of what only this app knows: all its processes know it. */
  function csrfTokenOf(id: string): string {
    const secret = settings.twilio.authToken.reveal()
    return createHmac('sha256', secret).update(`hsb-twilio/admin-csrf/v1:${id}`).digest('base64url')
  }

  async function callerOf(request: AccessRequest): Promise<AdminCaller | undefined> {
    const { headers } = request
    const person = await authorize?.(request)
    if (person) return enter(person, { by: 'host', csrfToken: csrfTokenOf(person.id) })
    const bearer = bearerOf(headers['authorization'])
    if (bearer !== undefined) {
      const principal = await apiKeys.principalOf(bearer)
      if (!principal?.scopes.includes('admin')) return undefined
      return enter({ id: principal.id, role: 'admin' }, { by: 'key', csrfToken: undefined })
    }
    if (authorize) return undefined
    const token = tokenOf(headers)
    const session = token === undefined ? undefined : await sessions.find(token)
    if (session) {
      const { name, role, csrfToken, endsAt } = session
      return enter({ id: name, role }, { by: 'session', csrfToken, endsAt, token })
    }
    if (!openOnLoopback || !isLocal(request)) return undefined
    return enter({ id: 'local', role: 'admin' }, { by: 'open', csrfToken: csrfTokenOf('local') })
  }

  return {
    callerOf,
    async authorize(request) {
      const admin = await callerOf(request)
      if (!admin) return undefined
      const { id, scopes, csrfToken } = admin
      if (csrfToken !== undefined && !safeMethods.includes(request.method)) {
        if (!isSameOrigin(request, settings)) return foreign()
        if (!isSameSecret(csrfToken, request.headers['x-csrf-token'] ?? '')) {
          return problem('forbidden', { detail: 'X-Csrf-Token is missing or wrong.' })
        }
      }
      return { id, scopes, admin }
    },
  }
}
