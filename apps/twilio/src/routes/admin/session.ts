import { z } from 'zod'
import { roles } from '../../domain/role.ts'
import type { AdminCaller } from '../../domain/access.ts'
import { problem } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { type AdminTools, defineAdmin } from './tools.ts'
import { clearedCookie, cookieOf, isSameOrigin } from './cookie.ts'
import { foreign } from './foreign.ts'
import { sessionDocs } from './session-docs.ts'
import { time } from './shapes.ts'

/** Who is signed in, and to what. */
export const sessionShape = z
  .strictObject({
    name: z.string(),
    role: z.enum(roles),
    csrf_token: z.string().meta({ description: 'For `X-Csrf-Token` of every change.' }),
    ends_at: time.nullable(),
    signs_in: z.boolean().meta({ description: 'False where the host says who one is.' }),
    mode: z.enum(['simulator', 'test', 'live']),
    app: z.strictObject({
      version: z.string(),
      public_url: z.string(),
      phones_url: z.string().nullable(),
    }),
  })
  .meta({ id: 'Session' })

function toSession(caller: AdminCaller, tools: AdminTools): z.output<typeof sessionShape> {
  const { settings, face } = tools
  return {
    name: caller.id,
    role: caller.role,
    csrf_token: caller.csrfToken ?? '',
    ends_at: caller.endsAt === undefined ? null : toTime(caller.endsAt),
    signs_in: caller.by === 'session',
    mode: face.mode,
    app: {
      version: face.version,
      public_url: settings.publicUrl,
      phones_url: face.phonesUrl ?? null,
    },
  }
}

/** Tells who is signed in. */
export const getSession = defineAdmin({
  method: 'GET',
  path: '/admin/api/session/',
  summary: 'Who is signed in',
  docs: sessionDocs.get,
  // Asked for here: who is refused is told what to do about it.
  scope: 'public',
  request: {},
  answers: { 200: sessionShape },
  problems: ['unauthenticated', 'unavailable'],
  async handle({ received, clientAddress }, tools) {
    const caller = await tools.callerOf(received, clientAddress)
    if (caller) return { status: 200, body: toSession(caller, tools) }
    if (tools.settings.admin.authorize) {
      return problem('unauthenticated', { detail: 'The host does not let you in.' })
    }
    const accounts = await tools.admins.list()
    return problem('unauthenticated', {
      detail:
        accounts.length === 0
          ? 'Nobody can sign in yet: `hsb-twilio admins add NAME --role admin` makes an account.'
          : 'Accounts are made on the server: `hsb-twilio admins add NAME`.',
    })
  },
})

/** Signs somebody in. */
export const signIn = defineAdmin({
  method: 'POST',
  path: '/admin/api/session/',
  summary: 'Sign in',
  docs: sessionDocs.post,
  scope: 'public',
  request: {
    body: z
      .strictObject({ name: z.string().max(200), password: z.string().max(1_000) })
      .meta({ id: 'SignIn' }),
  },
  answers: { 200: sessionShape },
  problems: ['wrong-credentials', 'forbidden', 'throttled', 'unavailable'],
  async handle({ body, received, clientAddress }, tools) {
    if (!isSameOrigin(received, tools.settings)) return foreign()
    if (tools.settings.admin.authorize) {
      return problem('forbidden', { detail: 'The host says who one is: there is no form.' })
    }
    const result = await tools.sessions.signIn({ ...body, clientAddress })
    switch (result.kind) {
      case 'signed-in': {
        const { session, token } = result
        await tools.browse.noteSignIn(session.name)
        const caller: AdminCaller = {
          id: session.name,
          role: tools.settings.admin.readOnly ? 'viewer' : session.role,
          scopes: [],
          by: 'session',
          csrfToken: session.csrfToken,
          endsAt: session.endsAt,
          token,
        }
        const headers = { 'set-cookie': cookieOf(token, received, tools.settings) }
        return { status: 200, body: toSession(caller, tools), headers }
      }
      case 'refused':
        return problem('wrong-credentials')
      case 'throttled':
        return problem('throttled', { retryAfterSeconds: result.retryAfterSeconds })
      case 'unavailable':
        return problem('unavailable')
    }
  },
})

/** Signs out. */
export const signOut = defineAdmin({
  method: 'DELETE',
  path: '/admin/api/session/',
  summary: 'Sign out',
  docs: sessionDocs.delete,
  scope: 'look',
  request: {},
  answers: { 204: null },
  problems: ['unavailable'],
  async handle({ principal, received }, { sessions, settings }) {
    const token = principal?.admin?.token
    if (token !== undefined) await sessions.signOut(token)
    return { status: 204, headers: { 'set-cookie': clearedCookie(received, settings) } }
  },
})
