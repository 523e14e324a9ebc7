import { readPage } from '#page'
import type { Reply } from './reply.ts'

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

/** Whether somebody wants to see the phones: what is under `/phones/`, or `/` as a web page. */
export function isPage({ method, url, headers }: Request): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const { pathname } = new URL(url)
  if (pathname === '/') return headers.get('accept')?.includes('text/html') ?? false
  return pathname === '/phones' || pathname.startsWith('/phones/')
}

/** The phones in a browser. */
export async function answerPage(pathname: string): Promise<Reply> {
  if (!pathname.startsWith('/phones/')) return answer(302, { location: '/phones/' }, '')
  const name = pathname.slice('/phones/'.length) || 'index.html'
  const files = await readPage()
  const file = Object.hasOwn(files, name) ? files[name] : undefined
  if (!file) return answer(404, { 'content-type': 'text/plain; charset=utf-8' }, 'Not found')
  return answer(200, { 'content-type': file.type }, file.body)
}

function answer(status: number, headers: Record<string, string>, body: string): Reply {
  const safe = {
    'cache-control': 'no-cache',
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  return { kind: 'answer', status, headers: { ...safe, ...headers }, body }
}
