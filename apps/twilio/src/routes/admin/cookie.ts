import type { Settings } from '../../config.ts'
import type { PlainRequest } from '../plain.ts'
import { basePathOf } from '../base-path.ts'

type Received = Pick<PlainRequest, 'headers'>

// `__Secure-`: no page without TLS can set it. Not `__Host-`, which would send it to the host's other
// paths too.
const name = '__Secure-hsb_admin'

/** The token of the session that a request carries. */
export function tokenOf(headers: PlainRequest['headers']): string | undefined {
  for (const pair of (headers['cookie'] ?? '').split(/[;,]/)) {
    const [key = '', value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined) return value
  }
  return undefined
}

/** The cookie of a session: out of reach of scripts, of foreign pages, and of everything but the pages. */
export function cookieOf(token: string, received: Received, settings: Settings): string {
  return `${name}=${token}; Path=${pathOf(received, settings)}; HttpOnly; Secure; SameSite=Strict`
}

/** Takes the cookie away. */
export function clearedCookie(received: Received, settings: Settings): string {
  return `${cookieOf('', received, settings)}; Max-Age=0`
}

/** The path as the browser has it: a proxy in front may have cut off what `publicUrl` begins with. */
function pathOf({ headers }: Received, settings: Settings): string {
  const { origin, pathname } = new URL(settings.publicUrl)
  const isPublic = headers['origin'] === origin
  const base = isPublic ? pathname.replace(/\/+$/, '') : basePathOf(settings)
  return `${base}/admin/`
}

/**
 * True for a request from a page of ours, as browsers tell: no page can set `Sec-Fetch-Site` or
 * `Origin`. Where both are there both have to say so.
 */
export function isSameOrigin(
  { headers }: Received,
  settings: Pick<Settings, 'publicUrl'>,
): boolean {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  if (origin === undefined) return site !== undefined
  const [, host] = /^https?:\/\/([^/]+)$/.exec(origin) ?? []
  if (host === undefined) return false
  // A proxy that changes `Host` says what it was. A script that sends this header itself has to ask
  // the browser first, which asks us, and we never allow it.
  const ours = [headers['host'], headers['x-forwarded-host']]
  return origin === new URL(settings.publicUrl).origin || ours.includes(host)
}
