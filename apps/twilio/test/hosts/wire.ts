import { once } from 'node:events'
import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import { connect } from 'node:net'

// By hand: `fetch` would normalise the path and choose the headers.

/** What came back. */
export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  text: string
  /** Empty where the body is no JSON object. */
  json: Record<string, unknown>
}

/** A request as it goes out. */
export interface Asked {
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array | undefined
  chunked?: true | undefined
  cut?: true | undefined
}

/** Sends it on a connection of the agent, and gives back the whole answer. */
export async function exchange(to: { port: number; agent: Agent }, asked: Asked): Promise<Answer> {
  const { method, path, headers, body, chunked, cut } = asked
  const bytes = body === undefined ? undefined : Buffer.from(body)
  if (cut) return cutOff(to.port, asked)
  const length = bytes && !chunked ? { 'content-length': String(bytes.length) } : {}
  const request = httpRequest({
    host: '127.0.0.1',
    port: to.port,
    agent: to.agent,
    method,
    path,
    headers: { ...headers, ...length },
  })
  const answered = once(request, 'response')
  // Who answers before the end of a body may close: what counts is the answer.
  request.on('error', () => {})
  if (chunked && bytes) {
    request.write(bytes.subarray(0, bytes.length / 2))
    request.end(bytes.subarray(bytes.length / 2))
  } else {
    request.end(bytes)
  }
  const [response] = (await answered) as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  const { statusCode = 0 } = response
  return { status: statusCode, headers: response.headers, text, json: jsonOf(text) }
}

/** Announces one byte more than it sends, and goes away. */
async function cutOff(port: number, { method, path, headers, body = '' }: Asked): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => {})
  socket.write(
    `${method} ${path} HTTP/1.1\r\nhost: shop\r\n${lines.join('')}` +
      `content-length: ${Buffer.byteLength(body) + 1}\r\n\r\n`,
  )
  socket.end(body, () => socket.destroy())
  await once(socket, 'close')
  return { status: 0, headers: {}, text: '', json: {} }
}

function jsonOf(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
}
