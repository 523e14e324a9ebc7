import { createHash } from 'node:crypto'

/** Names of prepared statements. */
export interface Names {
  of(text: string): string
  /** The tables have changed: every connection prepares its statements anew. */
  renew(): void
}

/** The names that all connections of a store share. */
export function createNames(): Names {
  const known = new Map<string, string>()
  let generation = 0
  return {
    of(text) {
      let name = known.get(text)
      if (name === undefined) {
        const digest = createHash('sha256').update(text).digest('hex')
        name = `hsb_${digest.slice(0, 24)}_${generation}`
        known.set(text, name)
      }
      return name
    },
    renew() {
      generation++
      known.clear()
    },
  }
}
