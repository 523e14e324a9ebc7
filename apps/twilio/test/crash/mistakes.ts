import type { Behaviour } from '@hsb/twilio-simulator'
import type { Mutant } from './mutants.ts'
import type { Profile } from './profiles.ts'
import type { ChaosRun } from './run.ts'

type Plan = Omit<ChaosRun, 'name' | 'seed'>

// Twilio takes everything at once, answers late and tells nobody: a kill at a call that it has taken
// leaves what only a look-up can settle, each time, however slow the machine is.
const silent: Profile = {
  behaviours: [
    { kind: 'lost-callbacks', times: 'always' },
    { kind: 'slow', after: 'accepting', ms: 1_000, times: 'always' },
  ],
  settleAfterSeconds: 1,
}

const amidTaken: Plan = {
  messages: 60,
  strikes: 2,
  trouble: { kind: 'kill', amid: 'taken' },
  profile: silent,
}

/** Where nobody is called back, lists lag and one answer in five is lost, an early look-up is a mistake. */
function unkind(lagMs: number): Behaviour[] {
  return [
    { kind: 'lost-callbacks', times: 'always' },
    { kind: 'lagging-list', ms: lagMs, times: 'always' },
    { kind: 'hang-up', after: 'accepting', times: 'always', probability: 0.2 },
  ]
}

/** A run that goes well, and the mistakes with which it must not. */
export interface Trap {
  plan: Plan
  mistakes: { name: string; change: Partial<Plan>; breaks: 'lost' | 'doubled' }[]
}

const mutant = (name: Mutant, breaks: 'lost' | 'doubled') => ({
  name,
  change: { mutant: name },
  breaks,
})

/** Every mistake but the sleeper's, which `standstill.ts` is for. */
export const traps: Record<string, Trap> = {
  'a call that Twilio has taken is cut off': {
    plan: amidTaken,
    mistakes: [
      mutant('send-then-mark', 'doubled'),
      mutant('give-up', 'lost'),
      mutant('blind-resend', 'doubled'),
    ],
  },
  'lists lag': {
    plan: { ...amidTaken, profile: { behaviours: unkind(3_000), settleAfterSeconds: 4 } },
    mistakes: [
      {
        name: 'no rest before the look-up',
        // Longer than the run: no look-up may come late enough to be right by chance.
        change: { profile: { behaviours: unkind(60_000), settleAfterSeconds: 0 } },
        breaks: 'doubled',
      },
    ],
  },
}
