/** The form of the 2010 API: `Thu, 24 Aug 2023 05:01:45 +0000`. */
export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

/** The form of the newer APIs: `2015-07-30T20:00:00Z`. */
export function iso8601(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** A span of time, ends included: a day when only the day was written, else one second. */
interface Span {
  from: number
  to: number
}

/**
 * Reads the value of a date filter in the forms the official examples send: `2019-06-11`,
 * `2019-06-11T22:05:25Z`, `2019-06-11 22:05:25.000`, `06/11/2019 22:05:25 MST` and RFC 2822.
 * A time without a zone is GMT.
 */
export function readSpan(text: string): Span | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const from = Date.parse(text)
    return Number.isNaN(from) ? undefined : { from, to: from + 86_400_000 - 1 }
  }
  const zoneless = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/.exec(text)
  const time = Date.parse(zoneless ? `${zoneless[1]}T${zoneless[2]}Z` : text)
  if (Number.isNaN(time)) return undefined
  const from = Math.floor(time / 1000) * 1000
  return { from, to: from + 999 }
}
