import { Fragment } from 'preact'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { useKeys } from './keys.ts'

/** A column: its head, and what stands in it for a row. */
export interface Column<Row> {
  head: string
  cell: (row: Row) => ComponentChildren
  /** `number`: to the right, digits of one width. `wide`: takes what room is left. */
  as?: 'number' | 'wide' | undefined
}

/**
 * A list of rows that can be walked by j and k (or the arrows), opened by Enter or a click, and left
 * by Esc. On a narrow screen each row becomes a card. Rows keep their elements by `keyOf`, so that
 * the focus stays where it is while new ones arrive.
 */
export function Table<Row>(props: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  open?: string | undefined
  onOpen?: (row: Row) => void
  onClose?: () => void
  /** Shown below the open row; leave it out where details stand elsewhere. */
  detail?: (row: Row) => ComponentChildren
}) {
  const { label, columns, rows, keyOf, open, onOpen, onClose, detail } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const drawn = () =>
    [...(body.current?.rows ?? [])].filter((row) => !row.classList.contains('detail'))
  const focused = () => drawn().findIndex((row) => row === document.activeElement)
  const step = (by: number) => {
    const from = focused() >= 0 ? focused() : rows.findIndex((row) => keyOf(row) === open)
    const next = from < 0 ? (by > 0 ? 0 : rows.length - 1) : from + by
    drawn()[Math.min(Math.max(next, 0), rows.length - 1)]?.focus()
  }
  const openFocused = () => {
    const row = rows[focused()]
    if (row !== undefined) onOpen?.(row)
  }
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: openFocused,
    Escape: () => onClose?.(),
  })
  const onArrow = (event: KeyboardEvent) => {
    if (focused() < 0) return
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    step(event.key === 'ArrowDown' ? 1 : -1)
  }
  // One stop for the Tab key; the walk inside is by j, k and the arrows.
  const stop = rows.some((row) => keyOf(row) === open) ? open : rows[0] && keyOf(rows[0])
  return (
    <table class="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ head, as }) => (
            <th key={head} scope="col" class={as}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onArrow}>
        {rows.map((row) => {
          const key = keyOf(row)
          return (
            <Fragment key={key}>
              <tr
                tabIndex={key === stop ? 0 : -1}
                aria-current={key === open ? 'true' : undefined}
                onClick={() => (key === open ? onClose : onOpen)?.(row)}
              >
                {columns.map(({ head, cell, as }) => (
                  <td key={head} data-head={head} class={as}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
              {detail && key === open && (
                <tr class="detail">
                  <td colSpan={columns.length}>{detail(row)}</td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}
