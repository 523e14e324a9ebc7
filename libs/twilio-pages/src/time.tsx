import { signal } from '@preact/signals'

/** Turns every half minute, so that "3 min" does not stay on a page that is left open. */
const minute = signal(0)
setInterval(() => minute.value++, 30_000)

/** How long ago in one unit: `47 s`, `3 min`, `5 h`, `2 d`; `in 5 min` for what is to come. */
export function agoOf(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000)
  const size = Math.abs(seconds)
  const words =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} min`
        : size < 172_800
          ? `${Math.floor(size / 3600)} h`
          : `${Math.floor(size / 86_400)} d`
  if (seconds < 0) return `in ${words}`
  return size < 5 ? 'now' : words
}

/** A duration between two events: `+667 ms`, `+1.1 s`, `+3 min`. */
export function gapOf(ms: number): string {
  if (ms < 1000) return `+${Math.round(ms)} ms`
  if (ms < 60_000) return `+${(ms / 1000).toFixed(1)} s`
  return `+${Math.round(ms / 60_000)} min`
}

/** Hours, minutes and seconds as the reader's own clock shows them. */
export function clockOf(time: Date, seconds = true): string {
  return time.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' } : {}),
  })
}

/**
 * A moment: how long ago, or the time of day (`as="clock"`), with date and zone in its title. `now`
 * is given where the server's clock is not this machine's.
 */
export function Time({ at, as = 'ago', now }: { at: string; as?: 'ago' | 'clock'; now?: Date }) {
  const time = new Date(at)
  const isMoving = minute.value >= 0
  const words = as === 'ago' && isMoving ? agoOf(time, now ?? new Date()) : clockOf(time, false)
  return (
    <time dateTime={at} title={time.toLocaleString([], { dateStyle: 'medium', timeStyle: 'long' })}>
      {words}
    </time>
  )
}
