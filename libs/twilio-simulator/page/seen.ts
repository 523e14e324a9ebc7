import { signal } from '@preact/signals'
import type { Phone, Phones } from './wire.ts'

interface Seen {
  /** The counts are worth nothing in another run of the simulator, or after a reset. */
  run: string
  /** How many texts were on a phone when it was looked at last. */
  counts: Record<string, number>
}

const seen = signal<Seen>(load())
seen.subscribe((value) => sessionStorage.setItem('seen', JSON.stringify(value)))

/** How many texts have come to a phone since somebody looked. */
export function unreadOf({ run }: Phones, { number, received }: Phone): number {
  const count = seen.value.run === run ? seen.value.counts[number] : 0
  return Math.max(0, received - (count ?? 0))
}

/** Notes that everything on a phone has been looked at. */
export function look({ run, phones }: Phones, number: string): void {
  const counts = seen.value.run === run ? seen.value.counts : {}
  const received = phones.find((phone) => phone.number === number)?.received ?? 0
  if (seen.value.run === run && (counts[number] ?? 0) === received) return
  seen.value = { run, counts: { ...counts, [number]: received } }
}

function load(): Seen {
  const nothing: Seen = { run: '', counts: {} }
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem('seen') ?? '')
    return typeof value === 'object' ? { ...nothing, ...value } : nothing
  } catch {
    return nothing
  }
}
