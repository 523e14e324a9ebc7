/**
 * The seconds of `Prefer: wait=N` (RFC 7240), 0 when nothing of the kind is asked for. What is not
 * understood is passed over, as the RFC wants it.
 */
export function waitSecondsOf(prefer: string | undefined): number {
  if (prefer === undefined) return 0
  for (const preference of prefer.split(',')) {
    const [name = '', value = ''] = (preference.split(';', 1)[0] ?? '').split('=', 2)
    if (name.trim().toLowerCase() !== 'wait') continue
    const digits = value.trim().replace(/^"(.*)"$/, '$1')
    // The first one counts, and a broken one asks for nothing.
    return /^\d{1,9}$/.test(digits) ? Number(digits) : 0
  }
  return 0
}
