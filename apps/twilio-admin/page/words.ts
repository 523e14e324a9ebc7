import type { Cost, Session } from './wire.ts'

/** A share in words: `90.5 %`; a dash where nothing was counted. */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1).replace(/\.0$/, '')} %`
}

/** How long something took: `340 ms`, `3.4 s`, `2 min`. */
export function secondsOf(seconds: number | null): string {
  if (seconds === null) return '–'
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** An amount in its currency. The carrier writes what it takes as negative. */
export function moneyOf({ unit, amount }: Cost, digits = 2): string {
  const value = Math.abs(Number(amount))
  try {
    const currency = unit.toUpperCase()
    return value.toLocaleString([], {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  } catch {
    return `${amount} ${unit}`
  }
}

/** `IN_DOUBT`, `too-many-attempts` and `codesPerPhone` as people write them. */
export function plain(word: string): string {
  const parts = word.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ')
  return parts.toLowerCase().replaceAll(/[_-]/g, ' ')
}

/** The words of a text in Markdown, without its marks. */
export function unmarked(text: string): string {
  return text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '')
}

/** Words as a sentence: with a capital, and a full stop. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1).replace(/[^.!?]$/, '$&.')
}

/** With its noun, in the number it needs. */
export function count(value: number, noun: string): string {
  return `${value.toLocaleString()} ${noun}${value === 1 ? '' : 's'}`
}

/** A word for a shell, quoted where it needs it. */
export function quote(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** The line that sends a first text. The key stays in the reader's shell. */
export function sendLine({ app }: Session, to = '+14155552671', text = 'Hello'): string {
  const json = JSON.stringify({ to_phone: to, message: text })
  return [
    `curl -X POST ${quote(publicAddress(app.public_url, 'api/sms/send/'))}`,
    '-H "authorization: Bearer $HSB_TWILIO_KEY"',
    "-H 'content-type: application/json'",
    `-d ${quote(json)}`,
  ].join(' \\\n  ')
}

/** An address below the public one, which may have a path of its own. */
export function publicAddress(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}/${path.replace(/^\//, '')}`
}
