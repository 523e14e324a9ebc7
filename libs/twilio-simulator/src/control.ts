import { noContent, ok } from './answers.ts'
import type { Answer } from './answers.ts'
import { readBehaviour } from './behaviour-reader.ts'
import { createFieldReader } from './field-reader.ts'
import type { FieldError } from './field-reader.ts'
import { replyOf } from './reply.ts'
import type { Reply } from './reply.ts'
import type { Simulator } from './simulator.ts'
import { toWire } from './wire.ts'

type Handler = (request: { query: URLSearchParams; json: unknown }) => Answer | Promise<Answer>

/**
 * The simulator's own API under `/_simulator/`, for tests and people outside this process. Answers
 * undefined when the path belongs to Twilio's.
 */
export function createControl(
  simulator: Simulator,
): (request: Request) => Promise<Reply | undefined> {
  const endpoints = controlEndpoints(simulator)
  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/') return replyOf(welcome(simulator, Object.keys(endpoints)), {})
    if (!pathname.startsWith('/_simulator')) return undefined
    const path = pathname.replace(/^\/_simulator\/?/, '').replace(/\/$/, '')
    const handler = endpoints[`${request.method} ${path}`]
    if (!handler) return replyOf(missing(request.method, path, Object.keys(endpoints)), {})
    const json = readJson(await request.text())
    if (json.kind === 'bad') return replyOf(problem(400, 'not-json', json.message), {})
    return replyOf(await handler({ query: searchParams, json: json.value }), {})
  }
}

function controlEndpoints(simulator: Simulator): Record<string, Handler> {
  return {
    'GET messages': ({ query }) => {
      const direction = query.get('direction') === 'inbound' ? 'inbound' : 'outbound'
      return list('messages', simulator.messages({ to: toOf(query), direction }))
    },
    'GET verifications': ({ query }) =>
      list('verifications', simulator.verifications({ to: toOf(query) })),
    'GET behaviours': () => list('behaviours', simulator.behaviours()),
    'POST behaviours': ({ json }) => {
      const read = readBehaviour(json)
      if (read.kind === 'bad') return invalid(read.errors)
      simulator.behave(read.behaviour)
      return { ...list('behaviours', simulator.behaviours()), status: 201 }
    },
    'DELETE behaviours': () => {
      simulator.clearBehaviours()
      return noContent
    },
    'POST replies': async ({ json }) => {
      const fields = createFieldReader(json)
      const from = fields.needed('from', fields.text('from'))
      const body = fields.needed('body', fields.text('body'))
      const [to, extras] = [fields.text('to'), fields.texts('extras')]
      const errors = fields.errors()
      if (errors.length > 0 || from === undefined || body === undefined) return invalid(errors)
      const message = await simulator.reply({ from, to, body, extras })
      return { status: 201, body: { message: toWire(message) } }
    },
    'POST clock': async ({ json }) => {
      const fields = createFieldReader(json)
      const ms = fields.needed('advance_ms', fields.number('advance_ms', 0, 86_400_000 * 366))
      const errors = fields.errors()
      if (errors.length > 0 || ms === undefined) return invalid(errors)
      await simulator.clock.advance(ms)
      return ok({ now: simulator.clock.now().toISOString() })
    },
    'GET clock': () => ok({ now: simulator.clock.now().toISOString() }),
    'POST reset': () => {
      simulator.reset()
      return noContent
    },
    'GET requests': () => list('requests', simulator.requests()),
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

/** In a query a plus sign that was not escaped has become a space. */
function toOf(query: URLSearchParams): string | undefined {
  return query.get('to')?.replace(/^ /, '+') || undefined
}

function list(name: string, values: readonly unknown[]): Answer {
  return ok({ [name]: toWire(values) })
}

function invalid(fields: FieldError[]): Answer {
  return problem(400, 'invalid-body', 'The body has wrong or missing fields.', { fields })
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

function problem(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: { error: { code, message, ...more } } }
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
