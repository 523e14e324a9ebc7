import { signal } from '@preact/signals'

/** Where the page is: `#/messages/ID?status=failed`, so that an address can be sent to somebody. */
export interface Route {
  /** Decoded parts: `['messages', 'ID']`. */
  path: string[]
  params: URLSearchParams
}

/** The route now. Components that read it are drawn again when it changes. */
export const route = signal<Route>(readRoute())
addEventListener('hashchange', () => (route.value = readRoute()))

let typing: ReturnType<typeof setTimeout> | undefined

/** The address of a route, for links. Parameters that are empty are left out. */
export function hrefOf(path: string[], params: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value)
  const tail = query.size > 0 ? `?${query}` : ''
  return `#/${path.map(encodeURIComponent).join('/')}${tail}`
}

/**
 * Goes there. `typing` is for search fields: it replaces the entry of the history and waits for
 * 200 ms of silence, so that Back does not undo letters.
 */
export function go(href: string, how: 'push' | 'replace' | 'typing' = 'push'): void {
  clearTimeout(typing)
  if (how === 'typing') {
    typing = setTimeout(() => go(href, 'replace'), 200)
    return
  }
  if (how === 'push') history.pushState(null, '', href)
  else history.replaceState(null, '', href)
  route.value = readRoute()
}

function readRoute(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean).map(decode), params: new URLSearchParams(query) }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
