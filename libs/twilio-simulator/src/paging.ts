import type { Answer } from './answers.ts'
import { refuse } from './answers.ts'

/** One page of a list of the 2010 API. */
export interface Page<T> {
  kind: 'page'
  items: readonly T[]
  /** What surrounds the items in the answer: numbers and relative addresses. */
  frame: Record<string, unknown>
}

/**
 * Cuts a page out of a list. The token names the item to go on from (`PA`) or back from (`PB`);
 * `Page` is only the caller's own count.
 */
export function cutPage<T extends { sid: string }>(
  all: readonly T[],
  path: string,
  query: URLSearchParams,
): Page<T> | { kind: 'refused'; answer: Answer } {
  const wanted = query.get('PageSize') ?? '50'
  if (!/^\d+$/.test(wanted) || Number(wanted) < 1)
    return { kind: 'refused', answer: refuse(20001, 'PageSize is not a positive integer') }
  const size = Math.min(Number(wanted), 1000)
  const token = query.get('PageToken')
  const start = token === null ? 0 : startOf(all, token, size)
  if (start === undefined)
    return { kind: 'refused', answer: refuse(20001, 'PageToken is not valid') }

  const items = all.slice(start, start + size)
  const number = token === null ? 0 : Number(query.get('Page') ?? 0) || 0
  const address = (page: number, pageToken?: string) => {
    const params = new URLSearchParams(query)
    params.delete('Page')
    params.delete('PageToken')
    params.set('PageSize', String(size))
    params.set('Page', String(page))
    if (pageToken) params.set('PageToken', pageToken)
    return `${path}?${params.toString()}`
  }
  const [first, last] = [items[0], items.at(-1)]
  return {
    kind: 'page',
    items,
    frame: {
      page: number,
      page_size: size,
      start: number * size,
      end: number * size + Math.max(0, items.length - 1),
      uri: `${path}${query.size > 0 ? `?${query.toString()}` : ''}`,
      first_page_uri: address(0),
      next_page_uri:
        last && start + size < all.length ? address(number + 1, `PA${last.sid}`) : null,
      previous_page_uri:
        first && start > 0 ? address(Math.max(0, number - 1), `PB${first.sid}`) : null,
    },
  }
}

/** What surrounds a list of the newer APIs that is one page whatever it holds. */
export function onePage(url: string, key: string, size = 50): Record<string, unknown> {
  const first = `${url}?PageSize=${size}&Page=0`
  return {
    page: 0,
    page_size: size,
    first_page_url: first,
    previous_page_url: null,
    next_page_url: null,
    url: first,
    key,
  }
}

function startOf(all: readonly { sid: string }[], token: string, size: number): number | undefined {
  const index = all.findIndex(({ sid }) => sid === token.slice(2))
  if (index < 0) return undefined
  if (token.startsWith('PA')) return index + 1
  return token.startsWith('PB') ? Math.max(0, index - size) : undefined
}
