import { noContent, ok } from './answers.ts'
import type { Answer } from './answers.ts'
import { behaviourKinds, readBehaviour } from './behaviour-reader.ts'
import { readCallbackUrl } from './callback-url.ts'
import { invalid, list } from './control-answers.ts'
import { createFieldReader } from './field-reader.ts'
import type { TextFilter } from './phones.ts'
import type { Settings } from './settings.ts'
import type { Simulator } from './simulator.ts'
import { toWire } from './wire.ts'

type Handler = (request: { query: URLSearchParams; json: unknown }) => Answer | Promise<Answer>

/** Every endpoint below `/_simulator/` that answers with JSON, by its method and path. */
export function controlEndpoints(
  simulator: Simulator,
  settings: Settings,
): Record<string, Handler> {
  return {
    'GET messages': ({ query }) => {
      const direction = query.get('direction') === 'inbound' ? 'inbound' : 'outbound'
      const filter: TextFilter = {
        to: numberOf(query, 'to'),
        direction,
        phone: numberOf(query, 'phone'),
      }
      return list('messages', newest(simulator.messages(filter), query))
    },
    'GET phones': ({ query }) => {
      const phones = simulator.phones()
      const shown = phones.slice(0, limitOf(query) ?? phones.length)
      return ok({ run: simulator.run, total: phones.length, phones: toWire(shown) })
    },
    'GET verifications': ({ query }) =>
      list('verifications', simulator.verifications({ to: numberOf(query, 'to') })),
    'GET behaviours': () => list('behaviours', simulator.behaviours()),
    'POST behaviours': ({ json }) => {
      const read = readBehaviour(json)
      if (read.kind === 'bad') return invalid(read.errors)
      simulator.behave(read.behaviour)
      return { ...list('behaviours', simulator.behaviours()), status: 201 }
    },
    'DELETE behaviours': ({ query }) => {
      const name = query.get('kind')
      const kind = behaviourKinds.find((one) => one === name)
      if (name !== null && kind === undefined)
        return invalid([
          { field: 'kind', message: `has to be one of ${behaviourKinds.join(', ')}` },
        ])
      simulator.clearBehaviours({ kind, to: numberOf(query, 'to') })
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
      return ok(showClock(simulator))
    },
    'GET clock': () => ok(showClock(simulator)),
    'GET settings': () => ok(showSettings(simulator, settings)),
    'POST settings': ({ json }) => {
      const fields = createFieldReader(json)
      const url = fields.needed('inbound_url', fields.text('inbound_url'))
      if (url && !readCallbackUrl(url))
        fields.fail('inbound_url', 'has to be a URL with http(s)://')
      const errors = fields.errors()
      if (errors.length > 0) return invalid(errors)
      simulator.setInboundUrl(url || undefined)
      return ok(showSettings(simulator, settings))
    },
    'POST reset': () => {
      simulator.reset()
      return noContent
    },
    'GET requests': ({ query }) => list('requests', newest(simulator.requests(), query)),
  }
}

function showClock({ clock }: Simulator): Record<string, unknown> {
  return { now: clock.now().toISOString(), kind: clock.kind }
}

function showSettings(simulator: Simulator, settings: Settings): Record<string, unknown> {
  const { accountSid, messagingServices, inboundUrl = null } = simulator
  return {
    account_sid: accountSid,
    // One that was given may be somebody's real one.
    auth_token: settings.authTokenIsOwn ? simulator.authToken : null,
    verify_service_sid: simulator.verifyServiceSid,
    messaging_services: toWire(messagingServices),
    inbound_url: inboundUrl,
    clock: simulator.clock.kind,
  }
}

/** The last so many, when there is a limit. */
function newest<T>(values: T[], query: URLSearchParams): T[] {
  const limit = limitOf(query)
  return limit === undefined ? values : values.slice(-limit)
}

function limitOf(query: URLSearchParams): number | undefined {
  const limit = Number(query.get('limit') ?? Number.NaN)
  return Number.isInteger(limit) && limit > 0 ? limit : undefined
}

/** In a query a plus sign that was not escaped has become a space. */
function numberOf(query: URLSearchParams, name: string): string | undefined {
  return query.get(name)?.replace(/^ /, '+') || undefined
}
