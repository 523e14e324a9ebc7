import type { Answer } from './answers.ts'

/** What goes over the wire: an answer, perhaps a damaged one, or nothing. */
export type Reply =
  | {
      kind: 'answer'
      status: number
      headers: Record<string, string>
      body: string
      /** How many bytes are really sent before the connection ends; undefined: all, and it stays. */
      sentBytes?: number | undefined
    }
  | { kind: 'hang-up'; by: 'close' | 'reset' }
  | {
      kind: 'stream'
      headers: Record<string, string>
      /** Starts the writing; the answer is called when the reader has gone. */
      open: (write: (text: string) => void) => () => void
    }

export function replyOf(answer: Answer, headers: Record<string, string>): Reply {
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body)
  return {
    kind: 'answer',
    status: answer.status,
    headers: {
      ...(answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...answer.headers,
      ...headers,
    },
    body,
  }
}

/** For callers in the same process: a broken connection is a rejection, or a body that breaks. */
export function toResponse(reply: Reply): Response {
  if (reply.kind === 'hang-up') throw connectionEnded()
  if (reply.kind === 'stream') return new Response(bodyOf(reply), { headers: reply.headers })
  const { status, headers, body, sentBytes } = reply
  if (status === 204 || status === 304) return new Response(null, { status, headers })
  if (sentBytes === undefined) return new Response(body, { status, headers })
  const bytes = new TextEncoder().encode(body)
  const announced = Number(headers['content-length'] ?? bytes.length)
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, Math.min(announced, sentBytes)))
      if (announced > sentBytes) controller.error(connectionEnded())
      else controller.close()
    },
  })
  return new Response(stream, { status, headers })
}

function bodyOf({ open }: Extract<Reply, { kind: 'stream' }>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let close: (() => void) | undefined
  return new ReadableStream<Uint8Array>({
    start(controller) {
      close = open((text) => controller.enqueue(encoder.encode(text)))
    },
    cancel() {
      close?.()
    },
  })
}

function connectionEnded(): TypeError {
  const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
  return new TypeError('fetch failed', { cause })
}
