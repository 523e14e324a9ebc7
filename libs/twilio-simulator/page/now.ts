import { signal } from '@preact/signals'
import type { Clock } from './wire.ts'

// The simulator's clock may be ahead of this machine's, or stand still.
const base = signal<{ ahead: number } | { still: number }>({ ahead: 0 })
const second = signal(0)
setInterval(() => {
  if ('ahead' in base.value) second.value++
}, 1000)

/** Sets the page by what the simulator has answered just now. */
export function setNow({ now, kind }: Clock): void {
  const time = Date.parse(now)
  base.value = kind === 'real' ? { ahead: time - Date.now() } : { still: time }
}

/** The time in the simulator; who reads it is drawn again every second. */
export function now(): Date {
  const isTurning = second.value >= 0 && 'ahead' in base.value
  return new Date(
    'still' in base.value ? base.value.still : Date.now() + (isTurning ? base.value.ahead : 0),
  )
}
