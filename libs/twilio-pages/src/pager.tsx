/** Where in a list one is: `1–25 of 1,263`, and the way on and back. */
export function Pager(props: {
  from: number
  to: number
  /** Unknown when the server does not count. */
  total?: number | undefined
  onPrevious?: (() => void) | undefined
  onNext?: (() => void) | undefined
}) {
  const { from, to, total, onPrevious, onNext } = props
  return (
    <nav class="pager" aria-label="Pages">
      <span>
        {from.toLocaleString()}–{to.toLocaleString()}
        {total !== undefined && ` of ${total.toLocaleString()}`}
      </span>
      <button type="button" class="button small" disabled={!onPrevious} onClick={onPrevious}>
        Previous
      </button>
      <button type="button" class="button small" disabled={!onNext} onClick={onNext}>
        Next
      </button>
    </nav>
  )
}
