import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { listening } from '../listening.ts'

/** One request as it arrived. */
export interface Received {
  headers: IncomingHttpHeaders
  body: string
  json: { id: string; type: string; timestamp: string; data: Record<string, unknown> }
}

/** Somebody's endpoint, until the test ends. `answer` may leave a request without one. */
export async function startReceiver(
  t: Pick<TestContext, 'after'>,
  answer: (response: ServerResponse, nth: number) => void = (response) => response.end(),
): Promise<{ url: string; received: Received[]; whenReceived: (count: number) => Promise<void> }> {
  const received: Received[] = []
  const arrived = new EventTarget()
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const json = JSON.parse(body) as Received['json']
      received.push({ headers: request.headers, body, json })
      answer(response, received.length)
      arrived.dispatchEvent(new Event('request'))
    })
  })
  const port = await listening(t, server)
  return {
    url: `http://127.0.0.1:${port}/hooks?token=t0ken`,
    received,
    async whenReceived(count) {
      while (received.length < count) await once(arrived, 'request')
    },
  }
}
