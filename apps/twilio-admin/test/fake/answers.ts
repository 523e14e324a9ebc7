import { fill, overview, queue, setup, verifications } from './fixtures.ts'
import { createWorld, masked } from './world.ts'
import type { FakeMessage, World } from './world.ts'
import type { AuditEntry, Key, OptOut, Role } from '../../page/wire.ts'

/** One call, read. */
export interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  role: Role
  name: string
}

/** What is answered; a string is a table of values. */
export interface Answer {
  status: number
  json?: unknown
  text?: string
}

/** The state of a fake, and what it answers to calls below `admin/api/`. */
export interface Fake {
  world: World
  optOuts: OptOut[]
  keys: Key[]
  audit: AuditEntry[]
  answer(call: Call, publicUrl: string): Answer
}

const ok = (json: unknown): Answer => ({ status: 200, json })
const problem = (status: number, title: string): Answer => ({ status, json: { title } })

export function createFake({ isFull = true }: { isFull?: boolean | undefined } = {}): Fake {
  const world = createWorld()
  if (isFull) fill(world)
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const started = isFull ? verifications() : []
  const fake: Fake = {
    world,
    optOuts: isFull
      ? [
          {
            key: 'o1',
            phone: masked('+46701234567'),
            sender: '',
            source: 'recipient',
            reason: 'STOP',
            since: ago(90),
          },
          {
            key: 'o2',
            phone: masked('+447700900123'),
            sender: '+15005550006',
            source: 'carrier',
            reason: '21610',
            since: ago(9000),
          },
        ]
      : [],
    keys: [
      {
        id: 'k1',
        name: 'shop',
        scopes: ['send', 'read'],
        created_at: ago(90_000),
        revoked_at: null,
      },
      {
        id: 'k2',
        name: 'old shop',
        scopes: ['send'],
        created_at: ago(900_000),
        revoked_at: ago(80_000),
      },
    ],
    audit: isFull
      ? [
          {
            id: 1,
            at: ago(30),
            actor: 'anna',
            action: 'key-created',
            subject: 'k1',
            detail: { scopes: 'send read' },
          },
        ]
      : [],
    answer,
  }

  function note(call: Call, action: string, subject: string): void {
    const at = new Date().toISOString()
    fake.audit.unshift({
      id: fake.audit.length + 1,
      at,
      actor: call.name,
      action,
      subject,
      detail: null,
    })
  }

  function page<T>(name: string, all: T[], { query }: Call, keyOf: (one: T) => string): Answer {
    const limit = Number(query.get('limit') ?? 50)
    const before = query.get('before')
    const from = before ? all.findIndex((one) => keyOf(one) === before) + 1 : 0
    const shown = all.slice(from, from + limit)
    const last = shown.at(-1)
    const isMore = from + limit < all.length
    return ok({ [name]: shown, next: isMore && last ? keyOf(last) : null })
  }

  function act(call: Call, found: FakeMessage, verb: string): Answer {
    const { detail } = found
    if (call.role === 'viewer') return problem(403, 'Your role may not do this.')
    note(call, verb === 'reveal' ? 'message-revealed' : `message-${verb}`, detail.message.id)
    switch (verb) {
      case 'reveal':
        return ok({
          to_phone: detail.message.direction === 'inbound' ? '+15005550006' : found.phone,
          from_phone: detail.message.direction === 'inbound' ? found.phone : '+15005550006',
          message: found.text,
          metadata: { order: '17' },
          media_urls: [],
        })
      case 'resend': {
        const again = world.add({
          text: found.text ?? '',
          phone: found.phone,
          row: { resend_of: detail.message.id },
        })
        detail.resends.push(again.detail.message.id)
        return { status: 202, json: { message: again.detail.message } }
      }
      case 'cancel':
        world.step(found, 'CANCELED', { source: 'admin' })
        return ok({ message: detail.message })
      case 'redact':
        found.text = null
        return ok({ message: detail.message })
      default:
        return problem(404, 'There is nothing here.')
    }
  }

  function messages(call: Call): Answer {
    const { query } = call
    const q = query.get('q') ?? ''
    const rows = world.messages
      .filter(({ detail: { message: row }, text, phone }) => {
        const is = (name: 'status' | 'direction' | 'channel') =>
          !query.get(name) || query.get(name) === row[name]
        const error = query.get('error')
        return (
          is('status') &&
          is('direction') &&
          is('channel') &&
          (!error || String(row.error_code) === error) &&
          (!query.get('since') || row.created_at >= (query.get('since') ?? '')) &&
          (q === '' || phone.endsWith(q) || row.id === q || (text ?? '').includes(q))
        )
      })
      .map(({ detail }) => detail.message)
    return page('messages', rows, call, ({ id }) => id)
  }

  function answer(call: Call, publicUrl: string): Answer {
    const { method, path, query, body } = call
    const [room = '', id = '', verb = ''] = path.split('/')
    if (room === 'messages' && id === 'export')
      return { status: 200, text: `id,status\n${world.messages.length},all\n` }
    if (room === 'messages' && id !== '') {
      const found = world.find(id)
      if (!found) return problem(404, 'No message has this id.')
      if (method === 'POST') return act(call, found, verb)
      return ok({ ...found.detail, actions: call.role === 'viewer' ? [] : found.detail.actions })
    }
    if (room === 'conversations' && id !== '') {
      const found = world.find(id)
      const rows = world.messages.filter(({ phone }) => phone === found?.phone)
      const outs = fake.optOuts.filter(({ phone }) => phone === masked(found?.phone ?? ''))
      return ok({
        phone: masked(found?.phone ?? ''),
        messages: rows.slice(0, 30).map(({ detail }) => detail.message),
        opted_out: outs,
      })
    }
    if (room === 'verifications' && id !== '') {
      const verification = started.find((one) => one.id === id)
      if (!verification) return problem(404, 'No verification has this id.')
      const events = [
        { at: verification.created_at, kind: 'started', detail: null },
        ...(verification.ended_at === null
          ? []
          : [{ at: verification.ended_at, kind: verification.status, detail: null }]),
      ]
      const limits = [{ rule: 'codesPerPhone', refuses_until: ago(-4) }]
      const rows = world.messages.slice(0, 1).map(({ detail }) => detail.message)
      return ok({ verification, events, messages: rows, limits })
    }
    switch (`${method} ${path}`) {
      case 'GET overview/': {
        const figures = overview(query.get('range') ?? '24h')
        const none = { ...figures.totals, sent: 0 }
        return ok(isFull ? figures : { ...figures, totals: none, previous: none })
      }
      case 'GET messages/':
        return messages(call)
      case 'GET verifications/': {
        const status = query.get('status')
        const rows = started.filter((one) => !status || one.status === status)
        return page('verifications', rows, call, (one) => one.id)
      }
      case 'GET conversations/': {
        const seen = new Map<string, FakeMessage>()
        const inbound = world.messages.filter(({ detail }) => detail.message.status === 'RECEIVED')
        for (const one of inbound) if (!seen.has(one.phone)) seen.set(one.phone, one)
        const rows = [...seen.values()].map(({ phone, detail }) => ({
          phone: masked(phone),
          key: detail.message.id,
          last_at: detail.message.created_at,
          inbound: inbound.filter((one) => one.phone === phone).length,
        }))
        return page('conversations', rows, call, ({ key }) => key)
      }
      case 'GET opt-outs/':
        return page('opt_outs', fake.optOuts, call, ({ key }) => key)
      case 'POST opt-outs/remove/':
        fake.optOuts = fake.optOuts.filter(({ key }) => key !== body['key'])
        note(call, 'opt-out-removed', String(body['key']))
        return { status: 204 }
      case 'POST opt-outs/':
        fake.optOuts.unshift({
          key: `o${fake.optOuts.length + 1}`,
          phone: masked(String(body['phone'])),
          sender: '',
          source: 'host',
          reason: String(body['reason']),
          since: ago(0),
        })
        return { status: 201, json: {} }
      case 'GET queue/':
        return ok(queue(world))
      case 'POST queue/retry/': {
        const ids = body['ids'] as string[]
        return ok({ resent: ids.map((one) => ({ id: one, new_id: one })), refused: [] })
      }
      case 'GET settings/':
        return ok(setup(publicUrl))
      case 'GET keys/':
        return ok({ keys: fake.keys })
      case 'POST keys/': {
        const key: Key = {
          id: `k${fake.keys.length + 1}`,
          name: String(body['name']),
          scopes: body['scopes'] as string[],
          created_at: ago(0),
          revoked_at: null,
        }
        fake.keys.push(key)
        return { status: 201, json: { ...key, key: 'hsb_shown_once_0123456789' } }
      }
      case 'GET audit/':
        return page('entries', fake.audit, call, (one) => String(one.id))
      default: {
        const [, keyId] = /^POST keys\/(.*)\/revoke\/$/.exec(`${method} ${path}`) ?? []
        const key = fake.keys.find((one) => one.id === keyId)
        if (!key) return problem(404, 'There is nothing here.')
        key.revoked_at = ago(0)
        return { status: 204 }
      }
    }
  }
  return fake
}
