import type { Logger } from '../domain/log.ts'
import type { PlainRequest } from './plain.ts'

/** What can have happened to a request before it came to us. */
export type Mishap = 'body-taken' | 'bytes-not-original' | 'callback-redirected'

const words: Record<Mishap, string> = {
  'body-taken': 'the host read the body of a request before this app, which had to refuse it',
  'bytes-not-original':
    'the host parsed a signed form before this app; it was written anew, which does for Twilio’s forms as they are today',
  'callback-redirected':
    'a callback came without the last slash of its address: something in front of this app redirects or rewrites it, and a redirect breaks the signature; in Next.js set skipTrailingSlashRedirect: true in next.config',
}

/** Tells the developer once of each kind of mishap, and what to change in this host. */
export function createBodyWatch(
  logger: Logger,
): (mishap: Mishap, request: Pick<PlainRequest, 'remedy' | 'path'>) => void {
  const told = new Set<Mishap>()
  return (mishap, { remedy, path }) => {
    if (told.has(mishap)) return
    told.add(mishap)
    const level = mishap === 'body-taken' ? 'error' : 'warn'
    const isBody = mishap !== 'callback-redirected'
    const advice = isBody && remedy !== undefined ? `. ${remedy}` : ''
    logger[level]({ event: mishap, path }, words[mishap] + advice)
  }
}
