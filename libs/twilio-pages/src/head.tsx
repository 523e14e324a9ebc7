import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import type { IconName } from './icon.tsx'
import { ThemeSwitch } from './theme.tsx'

/** The top of a page: its name, which Twilio it talks to, where one can go, what can be done. */
export function Head(props: {
  name: string
  /** `SIMULATOR`, `TEST` or `LIVE`: nobody should have to guess whether texts cost money. */
  place: 'simulator' | 'test' | 'live'
  links?: readonly { href: string; name: string; isHere: boolean; icon?: IconName }[]
  children?: ComponentChildren
}) {
  const { name, place, links = [], children } = props
  return (
    <header class="head">
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <h1>{name}</h1>
      <span class={`place ${place}`}>{place}</span>
      {links.length > 0 && (
        <nav aria-label="Main">
          {links.map(({ href, name: word, isHere, icon }) => (
            <a key={href} href={href} aria-current={isHere ? 'page' : undefined}>
              {icon && <Icon name={icon} />}
              <span>{word}</span>
            </a>
          ))}
        </nav>
      )}
      <div class="head-actions">
        {children}
        <ThemeSwitch />
      </div>
    </header>
  )
}

// The address holds the route, so a link to a place on the page may not change it.
function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('main')?.focus()
}
