import type { Stage } from './cast.ts'
import { takeFormerVersion } from './former-version.ts'
import type { Figures } from './figures.ts'
import { traps } from './mistakes.ts'
import type { OwnPostgres } from './own-postgres.ts'
import { type Profile, profiles } from './profiles.ts'
import type { ChaosRun } from './run.ts'
import { wrongClock } from './wrong-clock.ts'

/** The parts of the full size but the crash points, in the order in which they run. */
export const partNames = [
  ...(['mutants', 'pauses', 'stops', 'wires', 'takeover', 'versions', 'clocks'] as const),
  'kills',
] as const
/** A part that can be asked for alone. */
export type PartName = (typeof partNames)[number]

/** A run and what must hold after it besides the invariants; the words say what does not. */
export interface NightlyRun {
  plan: ChaosRun
  /** A run with a mistake in it has to break this. */
  mustBreak?: 'lost' | 'doubled' | undefined
  wrongWith?: ((figures: Figures) => string | undefined) | undefined
}

interface Sizes {
  seed: number
  /** 1 is the full size. */
  scale: number
  postgres: OwnPostgres
  /** What outlives the runs of a part. */
  stage: Stage
}

const kill = { kind: 'kill' } as const
const millis = (seconds: number) => seconds * 1_000

/** Every run of a part. */
export function runsOf(part: PartName, sizes: Sizes): NightlyRun[] {
  const { seed, scale, postgres } = sizes
  const times = (full: number) => Math.max(1, Math.round(full * scale))
  const four = () => ({ ...postgres.newPlace(), workers: 4 })
  const base = { seed, messages: times(10_000), profile: profiles.normal }
  switch (part) {
    case 'kills':
      return Object.entries(profiles).flatMap(([name, profile]) => {
        const plan = { ...base, profile, trouble: kill, strikes: times(100) }
        const wrongWith = resolvedWithin(profile)
        return [
          { plan: { ...plan, name: `kills, sqlite, ${name}` }, wrongWith },
          { plan: { ...plan, name: `kills, postgres, ${name}`, postgres: four() }, wrongWith },
        ]
      })
    case 'pauses': {
      const trouble = { kind: 'pause', ms: 4_000 } as const
      const profile = { ...profiles.normal, settleAfterSeconds: 0 }
      const strikes = times(200)
      return [{ plan: { ...base, name: 'pauses', trouble, strikes, profile, postgres: four() } }]
    }
    case 'stops': {
      const trouble = { kind: 'stop', restart: () => postgres.restart() } as const
      return [{ plan: { ...base, name: 'stops', trouble, strikes: times(20), postgres: four() } }]
    }
    case 'wires': {
      const trouble = { kind: 'wire', ms: 1_500 } as const
      const plan = { ...base, messages: times(4_000), trouble, strikes: times(40), wired: true }
      return [{ plan: { ...plan, name: 'wires', postgres: four() } }]
    }
    case 'takeover': {
      const leaseSeconds = 3
      const plan = { ...base, messages: times(5_000), trouble: kill, strikes: times(50) }
      const most = millis(leaseSeconds + 10)
      return [
        {
          plan: { ...plan, name: 'takeover', leaseSeconds, postgres: four() },
          wrongWith: ({ takeoverP99Ms }) =>
            takeoverP99Ms > most ? `taken over after ${takeoverP99Ms} ms` : undefined,
        },
      ]
    }
    case 'versions': {
      // Beside each other on one database, while workers of the newer one are killed.
      const former = takeFormerVersion(sizes.stage)
      sizes.stage.diagnostic(`the former version is ${former.commit.slice(0, 7)}`)
      const plan = { ...base, messages: times(5_000), trouble: kill, strikes: times(20), former }
      const two = { ...postgres.newPlace(), workers: 2 }
      return [
        { plan: { ...plan, name: 'versions, sqlite' } },
        { plan: { ...plan, name: 'versions, postgres', postgres: two } },
      ]
    }
    case 'clocks': {
      // Said before anything is started.
      wrongClock('+1d')
      const plan = { ...base, messages: times(2_000), trouble: kill, strikes: times(20) }
      const clocks = ['+1d', '-1d', undefined, '+1d'] as const
      return [
        { plan: { ...plan, name: 'clocks, sqlite, +1d', clocks: ['+1d'] } },
        { plan: { ...plan, name: 'clocks, sqlite, -1d', clocks: ['-1d'] } },
        { plan: { ...plan, name: 'clocks, postgres', clocks, postgres: four() } },
      ]
    }
    case 'mutants':
      return mutantsOf({ seed, times })
  }
}

function resolvedWithin({ settleAfterSeconds }: Profile): NightlyRun['wrongWith'] {
  const most = millis(settleAfterSeconds + 5)
  return ({ p99Ms }) => (p99Ms > most ? `p99 of doubt ${p99Ms} ms, more than ${most}` : undefined)
}

/** Each mistake, and what must go well without it. */
function mutantsOf({ seed, times }: Pick<Sizes, 'seed'> & { times: (full: number) => number }) {
  return Object.entries(traps).flatMap(([where, { plan, mistakes }]): NightlyRun[] => {
    const full = { ...plan, seed, messages: times(300), strikes: times(10) }
    return [
      { plan: { ...full, name: `well, where ${where}` } },
      ...mistakes.map(({ name, change, breaks }) => {
        return { plan: { ...full, ...change, name }, mustBreak: breaks }
      }),
    ]
  })
}

/** A stage that is not a test's. */
export function createStage(say: (words: string) => void): Stage & { clean(): Promise<void> } {
  const cleaners: (() => unknown)[] = []
  return {
    after: (clean) => void cleaners.push(clean),
    diagnostic: say,
    async clean() {
      for (const clean of cleaners.splice(0).toReversed()) await clean()
    },
  }
}
