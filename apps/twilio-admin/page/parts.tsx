import { Empty, Icon, Problem, Skeleton, go, route, useKeys } from '@hsb/twilio-pages'
import type { Data, IconName } from '@hsb/twilio-pages'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { here } from './place.ts'

/** The top of a screen: its name, and what can be done on it. */
export function Title({ name, children }: { name: string; children?: ComponentChildren }) {
  return (
    <div class="title">
      <h2>{name}</h2>
      {children}
    </div>
  )
}

/** Data in its states: loading, failed with what was read before, there. */
export function Loaded<T>(props: {
  data: Data<T>
  lines?: number
  label: string
  children: (value: T) => ComponentChildren
}) {
  const { data, lines = 6, label, children } = props
  const { value, problem, reload } = data
  return (
    <>
      {problem && (
        <Problem
          message={value === undefined ? problem : `${problem} What you see may be old.`}
          onRetry={() => void reload()}
        />
      )}
      {value === undefined && !problem && <Skeleton lines={lines} label={`Loading ${label}`} />}
      {value !== undefined && children(value)}
    </>
  )
}

/** One of a few, as links that keep the rest of the address. */
export function Tabs(props: {
  label: string
  tabs: readonly { href: string; name: string; isHere: boolean }[]
}) {
  return (
    <nav class="tabs" aria-label={props.label}>
      {props.tabs.map(({ href, name, isHere }) => (
        <a key={name} href={href} aria-current={isHere ? 'true' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}

/** The states a list can be narrowed to. Choosing the one that is chosen takes it back. */
export function Chips({ name, values }: { name: string; values: readonly string[] }) {
  const chosen = route.value.params.get(name)
  return (
    <div class="chips" role="group" aria-label={`Only with this ${name}`}>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          class="chip"
          aria-pressed={chosen === value}
          onClick={() => go(here({ [name]: chosen === value ? undefined : value }))}
        >
          {value.toLowerCase().replaceAll('_', ' ')}
        </button>
      ))}
    </div>
  )
}

/** A field that searches while one types; `/` leads into it. */
export function Search({ label }: { label: string }) {
  const field = useRef<HTMLInputElement>(null)
  const q = route.value.params.get('q') ?? ''
  useKeys({ '/': () => field.current?.focus() })
  // What is typed is ahead of the address; what came from elsewhere is taken over.
  useEffect(() => {
    const one = field.current
    if (one && one !== document.activeElement) one.value = q
  }, [q])
  return (
    <label class="search">
      <Icon name="search" />
      <span class="hidden-text">{label}</span>
      <input
        ref={field}
        type="search"
        placeholder={label}
        defaultValue={q}
        onInput={(event) => go(here({ q: event.currentTarget.value }), 'typing')}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  )
}

/**
 * Nothing fits the filters: the way back to everything. A search looks through a bounded number of
 * rows at once: there may be more behind them.
 */
export function NothingFits({ isMore, onClear }: { isMore: boolean; onClear: () => void }) {
  return (
    <Empty title={isMore ? 'Not found yet' : 'Nothing fits these filters'}>
      <p>
        {isMore
          ? 'None of the newest ones fits. “Older” looks further back.'
          : 'Take one back, or clear them all.'}
      </p>
      <button type="button" class="button" onClick={onClear}>
        Clear
      </button>
    </Empty>
  )
}

/** A figure with its name; words below say how it stands to another. */
export function Figure(props: {
  name: string
  value: ComponentChildren
  tone?: string | undefined
  children?: ComponentChildren
}) {
  const { name, value, tone = '', children } = props
  return (
    <div class="card figure">
      <dt>{name}</dt>
      <dd class={`figure-value ${tone}`}>{value}</dd>
      {children && <dd class="figure-note">{children}</dd>}
    </div>
  )
}

/** Names and values, one a line. What has no value is left out. */
export function Facts({ facts }: { facts: readonly [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value !== null &&
          value !== undefined &&
          value !== false &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** A button of a row of actions. */
export function Action(props: {
  icon?: IconName
  name: string
  onClick: () => void
  isBusy?: boolean
  kind?: string
}) {
  const { icon, name, onClick, isBusy = false, kind = '' } = props
  return (
    <button type="button" class={`button small ${kind}`} disabled={isBusy} onClick={onClick}>
      {icon && <Icon name={icon} />}
      {name}
    </button>
  )
}
