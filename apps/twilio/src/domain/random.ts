/** Where randomness comes from: `size` bytes that nobody can guess. Handed in, so that tests can fix it. */
export type RandomBytes = (size: number) => Uint8Array

const poolBytes = 4_096

/**
 * Draws from `source` by the page: asking the system for eight bytes at a time costs more than most
 * of what the bytes are for. Handed-out bytes are never handed out again.
 */
export function createRandomPool(source: RandomBytes): RandomBytes {
  let pool = new Uint8Array(0)
  let used = 0
  return (size) => {
    if (size > poolBytes / 4) return source(size)
    if (used + size > pool.length) {
      pool = new Uint8Array(source(poolBytes))
      used = 0
    }
    const drawn = pool.slice(used, used + size)
    pool.fill(0, used, used + size)
    used += size
    return drawn
  }
}
