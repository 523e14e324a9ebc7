import { signal } from '@preact/signals'
import { Icon } from './icon.tsx'

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
const names = { auto: 'As the system', light: 'Light', dark: 'Dark' }
const icons = { auto: 'half', light: 'sun', dark: 'moon' } as const

const theme = signal<Theme>(themes.find((one) => one === localStorage.getItem('theme')) ?? 'auto')
theme.subscribe((value) => {
  localStorage.setItem('theme', value)
  document.documentElement.dataset['theme'] = value
})

/** One button that goes round: as the system has it, light, dark. Kept in this browser. */
export function ThemeSwitch() {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto'
  return (
    <button
      type="button"
      class="button quiet icon-only"
      aria-label={`Theme: ${names[theme.value]}. Change to: ${names[next]}`}
      title={`Theme: ${names[theme.value]}`}
      onClick={() => (theme.value = next)}
    >
      <Icon name={icons[theme.value]} />
    </button>
  )
}
