import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

/** The part of a Fastify instance that the plugin uses: its types need no Fastify to be installed. */
export interface FastifyScope {
  readonly prefix: string
  readonly supportedMethods: string[]
  route(options: {
    method: string[]
    url: string
    onRequest: (request: { raw: IncomingMessage }, reply: FastifyAnswer) => Promise<unknown>
    handler: (request: unknown, reply: { callNotFound(): unknown }) => unknown
  }): unknown
}

/** The part of a Fastify reply that it uses. */
export interface FastifyAnswer {
  code(status: number): unknown
  headers(headers: Record<string, string>): unknown
  send(body?: Buffer | Readable): unknown
}

/** For `app.register` of Fastify 5. */
export type FastifyPlugin = (
  scope: FastifyScope,
  options: unknown,
  done: (error?: Error) => void,
) => void
