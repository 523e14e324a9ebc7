import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openRelay } from '../relay.ts'

/** What can happen to every connection of a wire at once. */
export type WireFault = 'reset' | 'half-open' | 'slow'

/** A wire to a server that can be disturbed. */
export interface Wire {
  /** The server's address over this wire. */
  url: string
  /**
   * Disturbs it for so long, as soon as there is a connection; what stood still is then broken. Answers
   * the connections it hit.
   */
  disturb(fault: WireFault, ms: number): Promise<number>
  close(): Promise<void>
}

const slowMs = 150
// After the strike before, everybody may be waiting before he connects again.
const patienceMs = 10_000

/** Lays a wire to the server at `url`. */
export async function layWire(url: string): Promise<Wire> {
  let fault: WireFault | undefined
  const pending = new Set<NodeJS.Timeout>()

  function pass(data: Buffer, other: Socket): void {
    if (fault === 'half-open') return
    if (fault !== 'slow') return void other.write(data)
    // Timers of one length end in the order in which they began.
    const timer = setTimeout(() => {
      pending.delete(timer)
      if (!other.destroyed) other.write(data)
    }, slowMs)
    pending.add(timer)
  }

  const relay = await openRelay(url, pass)
  const { ends } = relay

  return {
    url: relay.url,
    async disturb(kind, ms) {
      const givenUpAt = performance.now() + patienceMs
      while (ends.size === 0 && performance.now() < givenUpAt) await delay(1)
      const hit = ends.size / 2
      if (kind === 'reset') {
        for (const end of ends) end.resetAndDestroy()
        return hit
      }
      fault = kind
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      pending.add(timer)
      await over
      pending.delete(timer)
      fault = undefined
      // What was swallowed is missing, and what is delayed would be overtaken.
      for (const end of ends) end.destroy()
      return hit
    },
    async close() {
      for (const timer of pending) clearTimeout(timer)
      await relay.close()
    },
  }
}
