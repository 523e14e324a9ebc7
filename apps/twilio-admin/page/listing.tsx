import { Table, go, route } from '@hsb/twilio-pages'
import type { Column, Data } from '@hsb/twilio-pages'
import type { ComponentChildren } from 'preact'
import { Paging } from './paging.tsx'
import { Loaded } from './parts.tsx'
import { beside } from './place.ts'

/** A list that is read in pages, and what is opened of it beside. */
export function Listing<T, K extends string>(props: {
  /** `messages`: the field of the answer, and the word for them. */
  name: K
  data: Data<Record<K, T[]> & { next: string | null }>
  columns: readonly Column<T>[]
  keyOf: (row: T) => string
  nothing: (isMore: boolean) => ComponentChildren
  /** What is opened, by its key. */
  panel: (key: string) => ComponentChildren
  shape?: string
}) {
  const { name, data, columns, keyOf, nothing, panel, shape = '' } = props
  const [, open] = route.value.path
  const label = name[0]?.toUpperCase() + name.slice(1)
  return (
    <div class={open === undefined ? 'split' : `split open ${shape}`}>
      <section class="card list" aria-label={`List of ${name}`}>
        <Loaded data={data} lines={10} label={name}>
          {({ [name]: rows, next }) => (
            <>
              {rows.length === 0 ? (
                nothing(next !== null)
              ) : (
                <Table
                  label={label}
                  columns={columns}
                  rows={rows}
                  keyOf={keyOf}
                  open={open}
                  onOpen={(row) => go(beside(keyOf(row)), open === undefined ? 'push' : 'replace')}
                  onClose={() => open !== undefined && go(beside(undefined))}
                />
              )}
              <Paging next={next} shown={rows.length} />
            </>
          )}
        </Loaded>
      </section>
      {open !== undefined && panel(open)}
    </div>
  )
}
