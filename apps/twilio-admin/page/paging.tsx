import { go, hrefOf, route } from '@hsb/twilio-pages'

// From which page one came to which: the server knows only the way to older ones.
const newerOf = new Map<string, string>()

/** The way through a list that is read in pages, the newest first. */
export function Paging({ next, shown }: { next: string | null; shown: number }) {
  const { path, params } = route.value
  const before = params.get('before') ?? ''
  if (before === '' && next === null) return null
  const to = (cursor: string) => {
    const rest = Object.fromEntries(params)
    go(hrefOf(path, { ...rest, before: cursor }))
    document.querySelector('main')?.scrollIntoView()
  }
  const older = (cursor: string) => {
    newerOf.set(cursor, before)
    to(cursor)
  }
  return (
    <nav class="pager" aria-label="Pages">
      <span>{before === '' ? `The newest ${shown}` : `${shown} older ones`}</span>
      <button
        type="button"
        class="button small"
        disabled={before === ''}
        onClick={() => to(newerOf.get(before) ?? '')}
      >
        Newer
      </button>
      <button
        type="button"
        class="button small"
        disabled={next === null}
        onClick={() => next !== null && older(next)}
      >
        Older
      </button>
    </nav>
  )
}
