import { ok } from './answers.ts'
import type { Answer } from './answers.ts'
import { controlEndpoints } from './control-endpoints.ts'
import { problem } from './control-answers.ts'
import { streamChanges } from './events.ts'
import { answerPage, isPage } from './page.ts'
import { replyOf } from './reply.ts'
import type { Reply } from './reply.ts'
import type { Settings } from './settings.ts'
import type { Simulator } from './simulator.ts'

/**
 * The simulator's own API under `/_simulator/`, for tests and people outside this process, and its
 * page under `/phones/`. Answers undefined when the path belongs to Twilio's: at once, since a call
 * of Twilio's has to count as under way from its first moment.
 */
export function createControl(
  simulator: Simulator,
  settings: Settings,
): (request: Request) => Promise<Reply> | undefined {
  const endpoints = controlEndpoints(simulator, settings)
  const names = [...Object.keys(endpoints), 'GET events']

  const answer = async (request: Request): Promise<Reply> => {
    // A page of somebody else's, open in the same browser, could write texts and order faults.
    if (request.headers.get('sec-fetch-site') === 'cross-site')
      return replyOf(problem(403, 'cross-site', 'Calls of other sites are refused.'), {})
    const { pathname, searchParams } = new URL(request.url)
    const path = pathname.replace(/^\/_simulator\/?/, '').replace(/\/$/, '')
    if (path === 'events' && request.method === 'GET')
      return streamChanges((listener) => simulator.onChange(listener))
    const handler = endpoints[`${request.method} ${path}`]
    if (!handler) return replyOf(missing(request.method, path, names), {})
    const json = readJson(await request.text())
    if (json.kind === 'bad') return replyOf(problem(400, 'not-json', json.message), {})
    return replyOf(await handler({ query: searchParams, json: json.value }), {})
  }

  return (request) => {
    const { pathname } = new URL(request.url)
    if (isPage(request)) return answerPage(pathname)
    if (pathname === '/') return Promise.resolve(replyOf(welcome(simulator, names), {}))
    return pathname.startsWith('/_simulator') ? answer(request) : undefined
  }
}

function welcome(simulator: Simulator, endpoints: string[]): Answer {
  return ok({
    name: 'twilio-simulator',
    about: 'A simulated Twilio. Nothing is sent and nothing costs money.',
    account_sid: simulator.accountSid,
    messaging_service_sid: simulator.messagingServiceSid ?? null,
    verify_service_sid: simulator.verifyServiceSid,
    control: endpoints.map((endpoint) => endpoint.replace(' ', ' /_simulator/')),
  })
}

function missing(method: string, path: string, endpoints: string[]): Answer {
  const methods = endpoints.flatMap((endpoint) => {
    const [known = '', at] = endpoint.split(' ')
    return at === path ? [known] : []
  })
  if (methods.length === 0)
    return problem(404, 'not-found', `There is no /_simulator/${path}.`, { endpoints })
  const answer = problem(405, 'wrong-method', `${method} is not possible here.`, { methods })
  return { ...answer, headers: { allow: methods.join(', ') } }
}

function readJson(
  text: string,
): { kind: 'good'; value: unknown } | { kind: 'bad'; message: string } {
  if (text === '') return { kind: 'good', value: undefined }
  try {
    return { kind: 'good', value: JSON.parse(text) }
  } catch (error) {
    return { kind: 'bad', message: error instanceof Error ? error.message : String(error) }
  }
}
