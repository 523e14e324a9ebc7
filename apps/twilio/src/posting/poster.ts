import { type LookupAddress, promises as dns } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Clock } from '../domain/time.ts'
import { mayReach } from './addresses.ts'
import { hostOf, refusalOf } from './hostile-url.ts'

/** What came of a request. No word of what was answered is kept. */
export type Posted =
  | { kind: 'answered'; status: number }
  /** It was not sent: where it leads to is not for us to go. */
  | { kind: 'refused'; words: string }
  | { kind: 'failed'; words: string }

/** Posts to addresses that somebody has written into the settings. */
export interface Poster {
  /** Rejects never. Follows no redirect and repeats nothing. */
  post(request: {
    url: string
    headers: Record<string, string>
    body: string
    timeoutMs: number
    signal: AbortSignal
  }): Promise<Posted>
}

/** Every address of a name. */
export type Resolve = (name: string) => Promise<LookupAddress[]>

const resolveName: Resolve = (name) => dns.lookup(name, { all: true })

/**
 * A poster that cannot be led inside. The name is looked up once, each of its addresses is checked, and
 * the connection is made to these and to no others: an answer that changes after the check changes
 * nothing. Certificate and `Host` are those of the name.
 */
export function createPoster(parts: {
  settings: { webhooks: { allowLoopback: boolean } }
  clock: Pick<Clock, 'after'>
  resolve?: Resolve | undefined
  /** Certificates to trust beside the usual ones. */
  ca?: string | undefined
}): Poster {
  const { settings, clock, resolve = resolveName, ca } = parts
  const { allowLoopback } = settings.webhooks

  async function addressesOf(host: string): Promise<LookupAddress[] | 'refused'> {
    const family = isIP(host)
    const found = family > 0 ? [{ address: host, family }] : await resolve(host)
    // One of them is enough: which one is taken would be chance.
    const isSafe = found.every(({ address }) => mayReach(address, { allowLoopback }))
    return found.length > 0 && isSafe ? found : 'refused'
  }

  async function postNow(
    { url: text, headers, body }: Parameters<Poster['post']>[0],
    signal: AbortSignal,
  ): Promise<Posted> {
    const refusal = refusalOf(text, { allowLoopback })
    if (refusal !== undefined) return { kind: 'refused', words: refusal }
    const url = new URL(text)
    const addresses = await Promise.race([addressesOf(hostOf(url)), abortion(signal)])
    if (addresses === 'refused') return { kind: 'refused', words: 'leads to no public address' }
    // Asked for the name once more, the socket is told what was checked.
    const lookup: LookupFunction = (_name, options, answer) => {
      if (options.all) answer(null, addresses)
      else answer(null, addresses[0]?.address ?? '', addresses[0]?.family)
    }
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    return new Promise((resolvePosted, reject) => {
      const request = send(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        lookup,
        // A connection of its own, to an address that was checked for this request.
        agent: false,
        signal,
        ...(ca !== undefined && { ca }),
      })
      request.on('error', reject)
      // An upgrade is an answer too, and no socket of ours to be kept.
      request.on('upgrade', (response, socket) => {
        socket.destroy()
        resolvePosted({ kind: 'answered', status: response.statusCode ?? 0 })
      })
      request.on('response', (response) => {
        resolvePosted({ kind: 'answered', status: response.statusCode ?? 0 })
        // Whatever it says, and however long: nobody here wants to know.
        response.on('error', () => undefined)
        response.destroy()
      })
      request.end(body)
    })
  }

  return {
    async post(request) {
      const own = new AbortController()
      const cancel = clock.after(request.timeoutMs, () => own.abort(new Error('timed out')))
      const signal = AbortSignal.any([own.signal, request.signal])
      try {
        return await postNow(request, signal)
      } catch (error) {
        return { kind: 'failed', words: own.signal.aborted ? 'timed out' : wordsOf(error) }
      } finally {
        cancel()
      }
    },
  }
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new Error('aborted'))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** The code of an error alone: messages may hold addresses. */
function wordsOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z0-9_]{2,60}$/.test(code) ? code : 'no answer'
}
