import { Icon, go } from '@hsb/twilio-pages'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { beside } from './place.ts'

/**
 * One thing of a list, beside it; on a narrow screen in its place, where it takes the focus. Elsewhere
 * the focus stays in the list, so that j and k go on.
 */
export function Panel(props: {
  label: string
  head: ComponentChildren
  children: ComponentChildren
}) {
  const place = useRef<HTMLElement>(null)
  useEffect(() => {
    if (matchMedia('(max-width: 1000px)').matches) place.current?.focus()
  }, [])
  return (
    <aside class="card panel" aria-label={props.label} tabIndex={-1} ref={place}>
      <header class="panel-head">
        <div>{props.head}</div>
        <button
          type="button"
          class="button quiet icon-only"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => go(beside(undefined))}
        >
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </aside>
  )
}
