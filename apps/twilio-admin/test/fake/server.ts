import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { buildPage } from '@hsb/twilio-pages/build'
import type { PageFiles } from '@hsb/twilio-pages/build'
import type { Role } from '../../page/wire.ts'
import { adminFolder } from '../../folder.ts'
import { createFake } from './answers.ts'
import type { Fake } from './answers.ts'
import { carryOn } from './world.ts'

/** A fake behind a port, under a path of three levels, as a host may mount it. */
export interface FakeServer extends Fake {
  /** Address of the mount, without a slash at its end. */
  url: string
}

const policy =
  "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const document = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8')
const password = 'correct horse battery staple'
const accounts: Record<string, Role> = { vera: 'viewer', oskar: 'operator', anna: 'admin' }
let built: Promise<PageFiles> | undefined

/** The finished pages, built once a process. */
export async function readPages(): Promise<PageFiles> {
  built ??= buildPage(adminFolder)
  return built
}

/** Listens until the test ends. */
export async function startFake(
  t: Pick<TestContext, 'after'>,
  options: { isFull?: boolean | undefined } = {},
): Promise<FakeServer> {
  const files = await readPages()
  const fake = createFake(options)
  // The cookie holds the name: several people look at one fake.
  const sessions = new Set<string>()
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/mail/sms`
  const started: FakeServer = {
    ...fake,
    url,
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = new URL(request.url ?? '/', url)
    const path = address.pathname.replace('/shop/mail/sms/', '')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const method = request.method ?? 'GET'
    const send = (status: number, json?: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(json === undefined ? '' : JSON.stringify(json))
    }
    const isOurs = path.startsWith('admin/api/')
    if (path === 'openapi.json') return void response.end(document)
    if (path === 'api/sms/send/') {
      const body = JSON.parse(text) as Record<string, string>
      const { detail } = fake.world.add({
        text: body['message'] ?? '',
        phone: body['to_phone'] ?? '',
      })
      return send(202, { id: detail.message.id, status: 'QUEUED' })
    }
    if (!isOurs) {
      const file = files[path.replace('admin/', '') || 'index.html']
      if (!file) return send(404, { title: 'Nothing here.' })
      const type = { 'content-type': file.type, 'content-security-policy': policy }
      response.writeHead(200, type)
      return void response.end(file.body)
    }
    const call = path.slice('admin/api/'.length)
    let who = /__Secure-hsb_admin=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
    const isIn = who !== undefined && sessions.has(who)
    const session = () => ({
      name: who,
      role: accounts[who ?? ''],
      csrf_token: 'token',
      ends_at: null,
      signs_in: true,
      mode: 'simulator',
      app: { version: '0.1.0', public_url: url, phones_url: null },
    })
    if (call === 'session/' && method === 'POST') {
      const body = JSON.parse(text) as Record<string, string>
      if (body['password'] !== password || !accounts[body['name'] ?? ''])
        return send(401, { title: 'Name or password is wrong.' })
      who = body['name'] ?? ''
      sessions.add(who)
      response.setHeader(
        'set-cookie',
        `__Secure-hsb_admin=${who}; HttpOnly; Secure; SameSite=Strict; Path=/shop/mail/sms/admin/`,
      )
      return send(200, session())
    }
    if (!isIn) return send(401, { title: 'Sign in first.' })
    if (call === 'session/') {
      if (method !== 'DELETE') return send(200, session())
      response.setHeader('set-cookie', '__Secure-hsb_admin=; Path=/shop/mail/sms/admin/; Secure')
      return send(204)
    }
    if (call === 'live/') return stream(request, response)
    if (method !== 'GET' && request.headers['x-csrf-token'] !== 'token')
      return send(403, { title: 'The token is missing.' })
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    const answer = started.answer(
      {
        method,
        path: call,
        query: address.searchParams,
        body,
        role: accounts[who ?? ''] ?? 'viewer',
        name: who ?? '',
      },
      url,
    )
    if (answer.text !== undefined) return void response.end(answer.text)
    send(answer.status, answer.json)
  }

  function stream(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: queue\ndata: {}\n\n')
    const tell = (event: string) => response.write(`event: ${event}\ndata: {}\n\n`)
    fake.world.listeners.add(tell)
    request.on('close', () => fake.world.listeners.delete(tell))
  }
  return started
}

/** What a desk does with a fake: sends come in by HTTP, and end as the world says. */
export function deliverAll({ world }: Fake): void {
  for (const message of world.messages)
    carryOn(world, message, world.fate, Date.parse(message.detail.message.created_at))
}
