import type { ComponentChildren } from 'preact'

/** A table to be read, without keys of its own: there may be several on a page. */
export function Rows<T>(props: {
  label: string
  rows: readonly T[]
  keyOf: (row: T) => string
  columns: readonly [head: string, cell: (row: T) => ComponentChildren][]
}) {
  const { label, rows, keyOf, columns } = props
  return (
    <table class="table still" aria-label={label}>
      <thead>
        <tr>
          {columns.map(([head]) =>
            head === '' ? (
              <td key={head} />
            ) : (
              <th key={head} scope="col">
                {head}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(([head, cell]) => (
              <td key={head} data-head={head}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
