import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createTwilioClient } from '../src/index.ts'
import type { TwilioClient, TwilioClientOptions } from '../src/index.ts'

export const accountSid = `AC${'1'.repeat(32)}`
export const messageSid = `SM${'2'.repeat(32)}`
export const serviceSid = `VA${'3'.repeat(32)}`
export const verificationSid = `VE${'4'.repeat(32)}`
export const authToken = 'token-that-nobody-may-see'

/** A request as the stub got it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

export interface Stub {
  readonly client: TwilioClient
  readonly origin: string
  readonly requests: readonly SeenRequest[]
  readonly connections: () => number
}

export interface StubAnswer {
  readonly response: ServerResponse
  readonly socket: Socket
  /** How many requests came before this one. */
  readonly nth: number
}

/** Starts a server that answers by `handle`, and a client of it; both are closed after the test. */
export async function startStub(
  t: TestContext,
  handle: (request: SeenRequest, answer: StubAnswer) => void,
  options: Partial<TwilioClientOptions> = {},
): Promise<Stub> {
  const requests: SeenRequest[] = []
  let connections = 0
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url: path = '', headers, socket } = incoming
      const form = new URLSearchParams(Buffer.concat(chunks).toString())
      const request = { method, path, headers, form }
      requests.push(request)
      handle(request, { response, socket, nth: requests.length - 1 })
    })
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createTwilioClient({ ...validOptions, baseUrl: origin, ...options })
  t.after(async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { client, origin, requests, connections: () => connections }
}

export const validOptions: TwilioClientOptions = {
  accountSid,
  credentials: { kind: 'auth-token', authToken },
  verifyServiceSid: serviceSid,
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

// The official example of https://www.twilio.com/docs/messaging/api/message-resource, all keys.
export const messageJson = {
  account_sid: accountSid,
  api_version: '2010-04-01',
  body: 'Hello',
  date_created: 'Thu, 24 Aug 2023 05:01:45 +0000',
  date_sent: null,
  date_updated: 'Thu, 24 Aug 2023 05:01:46 +0000',
  direction: 'outbound-api',
  error_code: null,
  error_message: null,
  from: '+15005550006',
  num_media: '0',
  num_segments: '1',
  price: null,
  price_unit: null,
  messaging_service_sid: null,
  sid: messageSid,
  status: 'queued',
  subresource_uris: {
    media: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media.json`,
  },
  to: '+14155550100',
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}.json`,
}

export function errorJson(code: number, status: number): Record<string, unknown> {
  return {
    code,
    message: "The 'To' number +14155550100 is not valid.",
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  }
}
