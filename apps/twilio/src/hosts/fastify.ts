import type { Readable } from 'node:stream'
import { TwilioSettingsError } from '../errors.ts'
import type { Handle, PlainResponse } from '../routes/plain.ts'
import type { FastifyPlugin } from './fastify-scope.ts'
import { askNode, headersToSend } from './node-request.ts'
import { toNodeStream } from './node-stream.ts'

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
        reply.send(toSend(answer))
        return reply
      },
      handler: (_, reply) => reply.callNotFound(),
    })
    done()
  }
}

function toSend({ body }: PlainResponse): Buffer | Readable | undefined {
  if (body instanceof ReadableStream) return toNodeStream(body)
  // Of a text Fastify would change the content type.
  return body === undefined ? undefined : Buffer.from(body)
}
