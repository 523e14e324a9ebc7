import type { Behaviour } from '@hsb/twilio-simulator'

/** A Twilio as it can be, with the rest that an unanswered call needs there. */
export interface Profile {
  behaviours: Behaviour[]
  settleAfterSeconds: number
}

// Half the messages are never called back: what was cut off has to be looked up.
const halfSilent: Behaviour = { kind: 'lost-callbacks', times: 'always', probability: 0.5 }
const late: Behaviour = { kind: 'late-accept', ms: 2_000, times: 'always', probability: 0.02 }
const lagging: Behaviour = { kind: 'lagging-list', ms: 1_000, times: 'always' }
const lostAnswers: Behaviour = {
  kind: 'hang-up',
  after: 'accepting',
  times: 'always',
  probability: 0.05,
}

/** Every profile of the full size. */
export const profiles = {
  normal: { behaviours: [halfSilent], settleAfterSeconds: 1 },
  /** One call in fifty is carried out two seconds after its connection has ended. */
  late: { behaviours: [halfSilent, late], settleAfterSeconds: 3 },
  /** A message shows in lists one second after it was accepted. */
  lagging: { behaviours: [halfSilent, lagging], settleAfterSeconds: 2 },
  both: { behaviours: [halfSilent, late, lagging], settleAfterSeconds: 4 },
  'lost answers': { behaviours: [halfSilent, lagging, lostAnswers], settleAfterSeconds: 2 },
} as const satisfies Record<string, Profile>

/** All of it at once with shorter times, for a run that every change pays for. */
export const everything: Profile = {
  behaviours: [
    halfSilent,
    { kind: 'lagging-list', ms: 500, times: 'always', probability: 0.2 },
    { kind: 'late-accept', ms: 300, times: 'always', probability: 0.02 },
  ],
  settleAfterSeconds: 1,
}
