import { Agent, request } from 'node:http'
import type { MessageStatus } from '../../src/domain/message.ts'
import type { History } from './history.ts'

/** How a post ended: taken under an id, answered otherwise, or not answered as a whole. */
export type Answer = { kind: 'ok'; id: string } | { kind: 'fail'; httpStatus: number } | 'unknown'

/** A caller of the API who notices everything and assumes nothing. */
export interface Client {
  post(key: string, body: { to_phone: string; message: string }): Promise<Answer>
  /** Reads the status of a message; an answer that does not come is nobody's fault. */
  read(id: string): Promise<void>
  close(): void
}

interface Reply {
  httpStatus: number
  headers: Record<string, unknown>
  body: { id?: string; status?: MessageStatus }
}

/** Nothing in a run may take longer than this. */
const timeoutMs = 20_000

/** A caller over one HTTP connection that is kept. */
export function createClient(name: string, port: number, history: History): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  function ask(
    method: 'GET' | 'POST',
    path: string,
    { headers = {}, text = '' }: { headers?: Record<string, string>; text?: string } = {},
  ): Promise<Reply | undefined> {
    return new Promise((resolve) => {
      const lost = () => resolve(undefined)
      const length = method === 'POST' ? { 'content-length': Buffer.byteLength(text) } : {}
      const out = request({
        agent,
        host: '127.0.0.1',
        port,
        path,
        method,
        timeout: timeoutMs,
        headers: { ...headers, ...length },
      })
      out.on('error', lost)
      out.on('timeout', () => out.destroy())
      out.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', lost)
        response.on('close', lost)
        response.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as Reply['body']
          resolve({ httpStatus: response.statusCode ?? 0, headers: response.headers, body })
        })
      })
      out.end(text)
    })
  }

  return {
    async post(key, body) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key }
      const [to, text] = [body.to_phone, body.message]
      history.note(name, { kind: 'post', event: 'invoke', key, to, text })
      const reply = await ask('POST', '/api/sms/send/', { headers, text: JSON.stringify(body) })
      if (!reply) {
        history.note(name, { kind: 'post', event: 'unknown', key })
        return 'unknown'
      }
      const { httpStatus } = reply
      if (httpStatus !== 202 || reply.body.id === undefined) {
        history.note(name, { kind: 'post', event: 'fail', key, httpStatus })
        return { kind: 'fail', httpStatus }
      }
      const { id } = reply.body
      const replayed = reply.headers['idempotent-replayed'] === 'true'
      history.note(name, { kind: 'post', event: 'ok', key, id, replayed })
      return { kind: 'ok', id }
    },
    async read(id) {
      const reply = await ask('GET', `/api/sms/${id}/status/`)
      if (!reply || reply.httpStatus >= 500) return
      const { httpStatus, body } = reply
      if (httpStatus === 200 && body.status !== undefined)
        history.note(name, { kind: 'read', event: 'ok', id, status: body.status })
      else history.note(name, { kind: 'read', event: 'fail', id, httpStatus })
    },
    close: () => agent.destroy(),
  }
}
