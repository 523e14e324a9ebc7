import { timingSafeEqual } from 'node:crypto'

/** Compares secret text so that the time taken tells nothing of where it differs. The only place that does. */
export function isSameSecret(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  // timingSafeEqual throws on unequal lengths; the length itself is no secret.
  return a.length === b.length && timingSafeEqual(a, b)
}
