import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { codeOf } from './command.ts'

/** An answer as it came; a redirect is one too, and is not followed. */
export interface HttpAnswer {
  status: number
  location: string | undefined
  text: string
}

/** Nobody answered. `reason` is a word of the system's, such as `ECONNREFUSED` or `ENOTFOUND`. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  readonly reason: string

  constructor(reason: string, options?: ErrorOptions) {
    super(`no answer: ${reason}`, options)
    this.reason = reason
  }
}

const longestAnswer = 1_000_000
const timeoutMs = 5_000

/** One call, without a pool and without following redirects. Rejects with `NoAnswerError`. */
export function call(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {
    method?: string
    headers?: Record<string, string>
    body?: string | undefined
  } = {},
): Promise<HttpAnswer> {
  const request = url.startsWith('https:') ? requestSecure : requestPlain
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const refuse = (error: unknown) => {
      const reason = signal.aborted ? 'timed-out' : codeOf(error)
      reject(new NoAnswerError(reason, { cause: error }))
    }
    const outgoing = request(url, { method, headers, agent: false, signal }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (part: string) => {
        if (text.length < longestAnswer) text += part
      })
      incoming.on('error', refuse)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, location: incoming.headers.location, text }),
      )
    })
    outgoing.on('error', refuse)
    outgoing.end(body)
  })
}
