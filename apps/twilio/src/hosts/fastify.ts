import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { TwilioSettingsError } from '../errors.ts'
import type { Handle } from '../routes/plain.ts'
import { askNode, headersToSend } from './node.ts'
import { toNodeStream } from './stream.ts'

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

interface FastifyAnswer {
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

/**
 * Serves the app below its path in Fastify: in a scope of its own, and before any body is parsed, so
 * that the parsers of the host neither matter nor change. Hooks that the host added before (CORS, say)
 * run; paths that are none of ours end in the host's own not-found handler.
 */
export function createFastifyPlugin(handle: Handle, basePath: string): FastifyPlugin {
  return (scope, _, done) => {
    const { prefix } = scope
    if (prefix !== '' && basePath !== prefix && !basePath.startsWith(`${prefix}/`)) {
      const message = `ends in the path ${basePath || '/'}, which is not below the prefix ${prefix} of register(); leave the prefix out, or set http.basePath`
      done(new TwilioSettingsError([{ setting: 'publicUrl', message }]))
      return
    }
    scope.route({
      method: scope.supportedMethods,
      url: `${basePath.slice(prefix.length)}/*`,
      async onRequest({ raw }, reply) {
        const answer = await askNode(handle, raw)
        if (answer === undefined) return undefined
        reply.code(answer.status)
        reply.headers(headersToSend(raw, answer))
        const { body } = answer
        if (body instanceof ReadableStream) {
          reply.send(toNodeStream(body))
        } else {
          // Of a text Fastify would change the content type.
          reply.send(body === undefined ? undefined : Buffer.from(body))
        }
        return reply
      },
      handler: (_, reply) => reply.callNotFound(),
    })
    done()
  }
}
