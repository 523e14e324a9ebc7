import type { Settings } from '../config.ts'
import { firstIdAt } from '../domain/id.ts'
import type { Clock } from '../domain/time.ts'
import type { IdRange, RetentionStore, Store, Tables } from '../storage/store.ts'
import { keyLifetimeMs } from './accept.ts'

/** Forgetting texts, numbers and rows when their time is over. */
export interface Retention {
  /** One bounded piece of what is due. Answers how many rows it looked at; 0 while nothing is due. */
  sweep(): Promise<number>
}

const batch = 500
const restMs = 60_000
const dayMs = 86_400_000
// What is not over when the sweep comes by is visited again when it must be: after the farthest
// `send_at`, the longest validity, and the last question to the carrier.
const longestLifeMs = 8 * dayMs

/** A walk through the messages in the order of their ids, which is that of their age. */
interface Walk {
  /** Of its cursor. */
  name: string
  ageMs: number
  /** True where it must not pass a message that is not over. */
  isLast: boolean
  forget: (store: RetentionStore, range: IdRange) => Promise<number>
}

/** Retention by the settings of one app. */
export function createRetention(parts: {
  settings: Settings
  store: Store
  clock: Clock
}): Retention {
  const { settings, store, clock } = parts
  const walks = walksOf(settings)
  let restUntil = -Infinity
  let cleanAgainAt = -Infinity
  let isClean = true

  const idBefore = (ageMs: number) => firstIdAt(clock.now() - ageMs)

  /** The next rows of a walk; answers how many it saw and changed. */
  async function step(tables: Tables, { name, ageMs, isLast, forget }: Walk): Promise<Step> {
    const cursor = `retention:${name}`
    const after = (await tables.cursors.read(cursor)) ?? ''
    let range = await tables.retention.nextRange({ after, before: idBefore(ageMs), limit: batch })
    if (isLast && range?.firstOpen !== undefined)
      range = await tables.retention.nextRange({ after, before: range.firstOpen, limit: batch })
    if (!range) return { seen: 0, changed: 0 }
    const changed = await forget(tables.retention, range)
    await tables.cursors.write(cursor, range.last, clock.now())
    return { seen: range.seen, changed }
  }

  async function deleteRows(tables: Tables): Promise<Step[]> {
    const { verificationHours, eventDays, numberDays, rowDays } = settings.retention
    const steps: Step[] = []
    if (verificationHours !== 'forever') {
      const before = idBefore((verificationHours / 24) * dayMs)
      const old = { before, now: clock.now(), limit: batch }
      steps.push(stepOf(await tables.retention.deleteVerifications(old)))
    }
    const eventsBefore = clock.now() - eventDays * dayMs
    for (const noun of [tables.parkedEvents, tables.webhooks])
      steps.push(stepOf(await noun.sweep(eventsBefore, batch)))
    // They hold numbers in clear.
    const inClearDays = numberDays === 'forever' ? eventDays : Math.min(eventDays, numberDays)
    const inClearAfter = clock.now() - inClearDays * dayMs
    steps.push(stepOf(await tables.verificationEvents.sweep(inClearAfter, batch)))
    if (rowDays !== 'forever') {
      const old = { before: idBefore(rowDays * dayMs), limit: batch }
      steps.push(stepOf(await tables.retention.deleteMessages(old)))
    }
    return steps
  }

  return {
    async sweep() {
      if (clock.monotonic() < restUntil) return 0
      const steps: Step[] = []
      for (const walk of walks) steps.push(await store.transaction((tables) => step(tables, walk)))
      steps.push(...(await store.transaction(deleteRows)))

      const isBehind = steps.some(({ seen }) => seen === batch)
      if (steps.some(({ changed }) => changed > 0)) isClean = false
      // What was overwritten still stands in the log beside the file, until that is emptied.
      if (!isClean && (!isBehind || clock.monotonic() >= cleanAgainAt)) {
        isClean = await store.scrub()
        cleanAgainAt = clock.monotonic() + restMs
      }
      if (!isBehind) restUntil = clock.monotonic() + restMs
      return steps.reduce((sum, { seen }) => sum + seen, 0)
    },
  }
}

interface Step {
  seen: number
  changed: number
}

function stepOf(deleted: number): Step {
  return { seen: deleted, changed: deleted }
}

function walksOf({ retention, messages }: Settings): Walk[] {
  const { textDays, numberDays } = retention
  const lateMs = messages.scheduleAheadSeconds * 1_000 + longestLifeMs
  const twice = (name: string, days: number | 'forever', forget: Walk['forget']): Walk[] => {
    if (days === 'forever') return []
    const ageMs = days * dayMs
    return [
      { name, ageMs, isLast: false, forget },
      { name: `${name}-late`, ageMs: ageMs + lateMs, isLast: true, forget },
    ]
  }
  return [
    // A digest of a number and a text can be guessed: it goes when its key is no longer remembered.
    {
      name: 'keys',
      ageMs: keyLifetimeMs,
      isLast: false,
      forget: (store, range) => store.clearKeys(range),
    },
    ...twice('texts', textDays, (store, range) => store.clearTexts(range)),
    ...twice('numbers', numberDays, (store, range) => store.maskPhones(range)),
  ]
}
