import { signal } from '@preact/signals'
import { Icon } from './icon.tsx'

const toasts = signal<{ id: number; text: string; tone: 'ok' | 'bad' }[]>([])
let lastId = 0

/** Says for five seconds, at the edge of the page, what has been done or has failed. */
export function toast(text: string, tone: 'ok' | 'bad' = 'ok'): void {
  const id = ++lastId
  toasts.value = [...toasts.value.slice(-2), { id, text, tone }]
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), 5000)
}

/** Where they appear; once a page, outside of what changes. */
export function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(({ id, text, tone }) => (
        <p key={id} class={`toast ${tone}`}>
          <Icon name={tone === 'ok' ? 'check' : 'warning'} />
          {text}
        </p>
      ))}
    </div>
  )
}
