import { blockOf, forgetAt, giveBack, reserve, type ThrottleRule } from '../domain/throttle.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import type { Claim } from './claims.ts'

/** What was taken from this process's memory in front of a transaction. */
export interface Drawn {
  /** True for a claim that is paid for: the counters need not be asked. */
  covers(claim: Claim): boolean
  /** It was not used after all. */
  putBack(claim: Claim): void
}

/**
 * Parts of large limits that this process has taken in advance. A limit that every message counts
 * against is one row, and each accepting transaction would hold it until its commit; a block is taken
 * in a short transaction of its own, and what is in it is then given out from memory.
 */
export interface Blocks {
  /** Pays what can be paid from memory, no claim twice; the rest is left to the counters. Never rejects. */
  draw(claims: readonly Claim[]): Promise<Drawn>
  /** Gives back what is unused. */
  close(): Promise<void>
}

interface Block {
  left: number
  /** The moment as of which it is entered in the counters. */
  until: Instant
  /** On the clock that nobody sets. */
  expiresAt: number
}

interface Place {
  key: string
  rules: readonly ThrottleRule[]
  blocks: Block[]
  askedAt: number
  /** The limit was found to be nearly used up: until then it is counted one by one. */
  exactUntil: number
  refill: Promise<void> | undefined
}

/** A refill that takes longer is not worth it: the guarded transaction counts by itself. */
const patienceMs = 200
const mostPlaces = 10_000

/** The blocks of one process. */
export function createBlocks(parts: { clock: Clock; store: Pick<Store, 'transaction'> }): Blocks {
  const { clock, store } = parts
  const places = new Map<string, Place>()
  const timers = new Set<() => void>()
  const returning = new Set<Promise<void>>()
  let isClosed = false

  function placeOf({ key, rules }: Claim): Place {
    const found = places.get(key)
    if (found) return found
    const never = -Infinity
    const place = { key, rules, blocks: [], askedAt: never, exactUntil: never, refill: undefined }
    for (const [oldest, { blocks }] of places) {
      if (places.size < mostPlaces) break
      if (blocks.length === 0) places.delete(oldest)
      else break
    }
    places.set(key, place)
    return place
  }

  function isAlive(block: Block): boolean {
    return clock.monotonic() < block.expiresAt
  }

  function available({ blocks }: Place): number {
    return blocks.filter(isAlive).reduce((sum, block) => sum + block.left, 0)
  }

  /** Takes out what can no longer be used. */
  function takeExpired(place: Place): Block[] {
    const expired = place.blocks.filter((block) => !isAlive(block))
    place.blocks = place.blocks.filter(isAlive)
    return expired.filter((block) => block.left > 0)
  }

  /** One short transaction: gives back what has expired, and takes a new block if one is wanted. */
  async function change(place: Place, back: Block[], wanted: number): Promise<void> {
    const { key, rules } = place
    const lifeMs = blockOf(rules)?.lifeMs ?? 0
    let block: Block | undefined
    let isNear = false
    await store.transaction(
      async ({ throttles }) => {
        const stored = (await throttles.lock([key])).get(key) ?? []
        // Both clocks here, under the lock: what is used is used after it was entered.
        const [now, expiresAt] = [clock.now(), clock.monotonic() + lifeMs]
        let hits = back.reduce((rest, { left, until }) => giveBack(rest, left, until), stored)
        const verdict = wanted > 0 ? reserve(hits, rules, wanted, now) : undefined
        isNear = verdict?.kind === 'near'
        block = undefined
        if (verdict?.kind === 'reserved') {
          block = { left: verdict.size, until: verdict.until, expiresAt }
          hits = verdict.hits
        }
        if (hits !== stored) await throttles.save([{ key, hits, expiresAt: forgetAt(hits, rules) }])
      },
      { patienceMs },
    )
    if (isNear) place.exactUntil = clock.monotonic() + lifeMs
    if (block === undefined) return
    place.blocks.push(block)
    returnLater(place, lifeMs)
  }

  function returnLater(place: Place, afterMs: number): void {
    if (isClosed) return
    const cancel = clock.after(afterMs, () => {
      timers.delete(cancel)
      void giveBackExpired(place)
    })
    timers.add(cancel)
  }

  async function giveBackExpired(place: Place): Promise<void> {
    const expired = takeExpired(place)
    if (expired.length === 0) return
    // What cannot be given back stays counted for a window: the limit holds all the same.
    const work = change(place, expired, 0).catch(() => undefined)
    returning.add(work)
    await work
    returning.delete(work)
  }

  async function refill(place: Place, wanted: number): Promise<void> {
    if (place.refill) await place.refill
    const missing = wanted - available(place)
    if (missing <= 0 || clock.monotonic() < place.exactUntil) return
    place.refill ??= change(place, takeExpired(place), missing)
      .catch(() => undefined)
      .finally(() => {
        place.refill = undefined
      })
    await place.refill
  }

  async function drawFrom(
    place: Place,
    claims: readonly Claim[],
    paid: Map<Claim, { place: Place; block: Block }>,
  ): Promise<void> {
    const wanted = claims.reduce((sum, { cost = 1 }) => sum + cost, 0)
    const now = clock.monotonic()
    // One who asks now and then counts one by one: that is exact, and nothing has to be given back.
    const isBusy = claims.length > 1 || now - place.askedAt < (blockOf(place.rules)?.lifeMs ?? 0)
    place.askedAt = now
    if (available(place) < wanted && isBusy && now >= place.exactUntil) await refill(place, wanted)
    for (const claim of claims) {
      const { cost = 1 } = claim
      const block = place.blocks.find((one) => isAlive(one) && one.left >= cost)
      if (!block) continue
      block.left -= cost
      paid.set(claim, { place, block })
    }
  }

  return {
    async draw(claims) {
      const paid = new Map<Claim, { place: Place; block: Block }>()
      const byPlace = new Map<Place, Claim[]>()
      for (const claim of isClosed ? [] : claims) {
        if (!blockOf(claim.rules)) continue
        const place = placeOf(claim)
        const some = byPlace.get(place)
        if (some) some.push(claim)
        else byPlace.set(place, [claim])
      }
      await Promise.all([...byPlace].map(([place, some]) => drawFrom(place, some, paid)))
      return {
        covers: (claim) => paid.has(claim),
        putBack(claim) {
          const from = paid.get(claim)
          if (!from || !paid.delete(claim)) return
          const { place, block } = from
          const { cost = 1 } = claim
          // What was unused of an expired block may be on its way back already.
          if (place.blocks.includes(block)) block.left += cost
          else place.blocks.push({ ...block, left: cost })
          if (!isAlive(block)) returnLater(place, 0)
        },
      }
    },
    async close() {
      isClosed = true
      for (const cancel of timers) cancel()
      for (const place of places.values()) await place.refill
      for (const place of places.values()) {
        for (const block of place.blocks) block.expiresAt = -Infinity
        await giveBackExpired(place)
      }
      await Promise.all(returning)
    },
  }
}
