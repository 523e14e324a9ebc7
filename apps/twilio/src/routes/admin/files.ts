import { createHash } from 'node:crypto'
import type { Handle, PlainResponse } from '../plain.ts'
import { problem, problemResponse } from '../problems.ts'

/** One file of the admin pages. */
export interface AdminFile {
  /** Its Content-Type. */
  type: string
  body: string | Uint8Array<ArrayBuffer>
}

/** The files of the admin pages by the names under which they are asked for; `index.html` is the first one. */
export type AdminFiles = () => Promise<Readonly<Record<string, AdminFile>>>

// Nothing inline, nothing from elsewhere, in nobody's frame: what stands in a text cannot run.
const policy = [
  "default-src 'self'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const safeHeaders = {
  'content-security-policy': policy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const

/** A name that changes with what is in it, such as `app-3f2a9c1b.js`. */
const isHashed = /-[0-9a-zA-Z_]{8,}\.[a-z0-9]+$/

/** Serves the files below `/admin/`: to everybody, as they hold nothing. */
export function createAdminFiles(basePath: string, files: AdminFiles): Handle {
  const place = `${basePath}/admin`
  const etags = new WeakMap<AdminFile, string>()

  function etagOf(file: AdminFile): string {
    const known = etags.get(file)
    if (known !== undefined) return known
    const digest = createHash('sha256').update(file.body).digest('base64url').slice(0, 22)
    const etag = `"${digest}"`
    etags.set(file, etag)
    return etag
  }

  async function answer(name: string, method: string, known: string): Promise<PlainResponse> {
    if (method !== 'GET' && method !== 'HEAD') {
      const refusal = problemResponse(problem('method-not-allowed'))
      refusal.headers['allow'] = 'GET, HEAD'
      return refusal
    }
    const all = await files()
    const file = Object.hasOwn(all, name) ? all[name] : undefined
    if (file === undefined) return problemResponse(problem('not-found'))
    const etag = etagOf(file)
    const headers = {
      ...safeHeaders,
      etag,
      'cache-control': isHashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    if (known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)) {
      return { status: 304, headers }
    }
    const typed = { ...headers, 'content-type': file.type }
    return method === 'HEAD'
      ? { status: 200, headers: typed }
      : { status: 200, headers: typed, body: file.body }
  }

  return async ({ path, method, headers }) => {
    if (path === place) {
      // Relative: what a proxy in front has cut off is not known here.
      return { status: 308, headers: { ...safeHeaders, location: 'admin/' } }
    }
    if (!path.startsWith(`${place}/`)) return undefined
    const name = path.slice(place.length + 1)
    if (name === 'api' || name.startsWith('api/')) return undefined
    return answer(name === '' ? 'index.html' : name, method, headers['if-none-match'] ?? '')
  }
}
