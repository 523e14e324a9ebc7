import { Agent, request } from 'node:http'

/** An answer, or `undefined` when the connection ended without a whole one. */
export type Answer = { status: number; id: string; replayed: boolean } | undefined

/** A caller of the API who notices everything and assumes nothing. */
export interface Client {
  send(key: string, body: { to_phone: string; message: string }): Promise<Answer>
  /** Requests that are not answered yet. */
  waiting(): number
  close(): void
}

/** A caller over HTTP connections that are kept. */
export function createClient(port: number): Client {
  const agent = new Agent({ keepAlive: true })
  let waiting = 0

  function post(key: string, text: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key }
    return new Promise((resolve) => {
      const lost = () => resolve(undefined)
      const out = request({
        agent,
        host: '127.0.0.1',
        port,
        path: '/api/sms/send/',
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(text) },
      })
      out.on('error', lost)
      out.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', lost)
        response.on('close', lost)
        response.on('end', () => {
          const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string }
          const replayed = response.headers['idempotent-replayed'] === 'true'
          resolve({ status: response.statusCode ?? 0, id, replayed })
        })
      })
      out.end(text)
    })
  }

  return {
    async send(key, body) {
      waiting++
      try {
        return await post(key, JSON.stringify(body))
      } finally {
        waiting--
      }
    },
    waiting: () => waiting,
    close: () => agent.destroy(),
  }
}
