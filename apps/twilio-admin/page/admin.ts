import { createApi, liveEvents, toast, useData } from '@hsb/twilio-pages'
import type { Answer, Api, Data } from '@hsb/twilio-pages'
import { signal } from '@preact/signals'
import type { Revealed, Role, Session } from './wire.ts'

/** Who looks: `undefined` until the server has said so, `null` for nobody. */
export const session = signal<Session | null | undefined>(undefined)

/** Why one has to sign in, in the server's words or ours. */
export const reason = signal('')

// Counted from the page: it may be mounted below any path.
const calls = createApi('./api/', () => ({ 'x-csrf-token': session.value?.csrf_token ?? '' }))

/** The admin's API. When the session has ended, the form to sign in takes the place of the page. */
export const api: Api = {
  get: async (path, abort) => watch(await calls.get(path, abort)),
  send: async (method, path, json) => watch(await calls.send(method, path, json)),
}

/** What is delivered, received and done, as it happens. */
export const live = liveEvents('./api/live/', ['message', 'queue'])

/** Reads a path, and again whenever something happens. */
export function useLive<T>(path: string): Data<T> {
  return useData<T>(api, path, { live })
}

function watch<T>(answer: Answer<T>): Answer<T> {
  if (answer.kind === 'problem' && answer.status === 401 && session.value) {
    reason.value = 'Your session has ended. Sign in to go on where you were.'
    session.value = null
  }
  return answer
}

/** Asks who one is; without an answer there is nothing to show, so the problem is told. */
export async function askWho(): Promise<string | undefined> {
  const answer = await calls.get<Session>('session/')
  if (answer.kind === 'ok') session.value = answer.value
  else if (answer.status === 401) {
    reason.value = answer.message
    session.value = null
  } else return answer.message
  return undefined
}

export async function signIn(name: string, password: string): Promise<string | undefined> {
  const answer = await calls.send<Session>('POST', 'session/', { name, password })
  if (answer.kind === 'problem') return answer.message
  reason.value = ''
  session.value = answer.value
  return undefined
}

export async function signOut(): Promise<void> {
  const answer = await calls.send('DELETE', 'session/')
  if (answer.kind === 'problem' && answer.status !== 401) toast(answer.message, 'bad')
  else session.value = null
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 }

/** Whether one may do what needs at least this role. The server decides; this hides what it refuses. */
export function may(role: Role): boolean {
  return ranks[session.value?.role ?? 'viewer'] >= ranks[role]
}

/** Does it and says so; the answer is why it could not be done. */
export async function act(path: string, json: unknown, done: string): Promise<string | undefined> {
  const answer = await api.send('POST', path, json)
  if (answer.kind === 'problem') return answer.message
  toast(done)
  return undefined
}

/**
 * The same for calls whose answer is looked at; a text is why it could not be done. Page and server
 * are one package: what is answered is believed.
 */
export async function obtain<T extends object>(path: string, json?: unknown): Promise<T | string> {
  const answer = await api.send<T>('POST', path, json)
  return answer.kind === 'ok' ? answer.value : answer.message
}

/** Shows a message's text and numbers, which is written down. */
export async function reveal(id: string): Promise<Revealed | undefined> {
  const answer = await obtain<Revealed>(`messages/${encodeURIComponent(id)}/reveal/`)
  if (typeof answer !== 'string') return answer
  toast(answer, 'bad')
  return undefined
}
