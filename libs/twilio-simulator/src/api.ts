import { notFound, refuse } from './answers.ts'
import type { Behaviours } from './behaviours.ts'
import { plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import type { Clock } from './clock.ts'
import { runDisturbed } from './faults.ts'
import type { Settings } from './settings.ts'
import { replyOf } from './reply.ts'
import type { Reply } from './reply.ts'
import type { ApiCallEntry, RequestLog } from './request-log.ts'
import type { Dice } from './sids.ts'

/** Twilio's own API: who calls, what for, and what goes wrong on the way. */
export function createApi(tools: {
  settings: Settings
  clock: Clock
  dice: Dice
  behaviours: Behaviours
  log: RequestLog
  /** Tried in order. */
  routes: readonly ((call: Call) => Route | undefined)[]
}): (request: Request) => Promise<Reply> {
  const { settings, clock, dice, behaviours, log, routes } = tools
  let concurrent = 0

  const answer = async (request: Request, form: URLSearchParams): Promise<Reply> => {
    const url = new URL(request.url)
    const startedAt = clock.now().getTime()
    const headers = {
      'twilio-concurrent-requests': String(concurrent),
      'twilio-request-id': dice.sid('RQ'),
      'twilio-request-duration': '0.000',
      'x-home-region': 'us1',
      'x-api-domain': url.hostname,
    }
    const caller = authenticate(request.headers.get('authorization'), url.pathname, settings)
    if (!caller) {
      const challenge = { 'www-authenticate': 'Basic realm="Twilio API"' }
      return replyOf({ ...refuse(20003), headers: challenge }, headers)
    }
    const call: Call = {
      ...caller,
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      form,
      origin: url.origin,
    }
    const route = findRoute(call, routes)
    const reply = await runDisturbed(route, behaviours, clock, headers)
    if (reply.kind === 'answer') {
      const seconds = (clock.now().getTime() - startedAt) / 1000
      reply.headers['twilio-request-duration'] = seconds.toFixed(3)
    }
    return reply
  }

  return async (request) => {
    const { method, headers } = request
    const { pathname, search } = new URL(request.url)
    const isForm = headers.get('content-type')?.includes('application/x-www-form-urlencoded')
    const form = new URLSearchParams(isForm ? await request.text() : '')
    const entry: ApiCallEntry = {
      id: log.nextId(),
      kind: 'api',
      time: clock.now(),
      method,
      path: pathname + search,
      form,
      status: undefined,
      answer: undefined,
      durationMs: undefined,
    }
    log.add(entry)
    concurrent++
    try {
      const reply = await answer(request, form)
      if (reply.kind !== 'answer') return reply
      entry.status = reply.status
      entry.answer = reply.body.slice(0, 1000)
      return { ...reply, headers: { date: clock.now().toUTCString(), ...reply.headers } }
    } finally {
      entry.durationMs = clock.now().getTime() - entry.time.getTime()
      log.changed()
      concurrent--
    }
  }
}

function findRoute(call: Call, routes: readonly ((call: Call) => Route | undefined)[]): Route {
  // Test credentials can create messages, calls and numbers; the simulator knows the first.
  const isCreate = call.method === 'POST' && call.path.endsWith('/Messages.json')
  if (call.account === 'test' && !isCreate) return plainRoute(() => refuse(20008))
  for (const find of routes) {
    const route = find(call)
    if (route) return route
  }
  const path = call.path.replace(/^\/(2010-04-01|v\d)/, '')
  return plainRoute(() => notFound(path))
}

function authenticate(
  header: string | null,
  path: string,
  settings: Settings,
): Pick<Call, 'account' | 'credentials'> | undefined {
  const encoded = /^Basic\s+(.+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  const secret = rest.join(':')
  const caller = callerOf(user, secret, settings)
  const accountInPath = /^\/2010-04-01\/Accounts\/([^/.]+)/.exec(path)?.[1]
  const accountSid = caller?.account === 'test' ? settings.testAccountSid : settings.accountSid
  return accountInPath === undefined || accountInPath === accountSid ? caller : undefined
}

function callerOf(
  user: string,
  secret: string,
  settings: Settings,
): Pick<Call, 'account' | 'credentials'> | undefined {
  if (user === settings.accountSid && secret === settings.authToken)
    return { account: 'live', credentials: 'auth-token' }
  if (user === settings.testAccountSid && secret === settings.testAuthToken)
    return { account: 'test', credentials: 'auth-token' }
  return settings.apiKeys.some((key) => key.sid === user && key.secret === secret)
    ? { account: 'live', credentials: 'api-key' }
    : undefined
}
