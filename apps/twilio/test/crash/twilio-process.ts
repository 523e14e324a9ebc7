import { writeSync } from 'node:fs'
import { type Behaviour, createSimulator } from '@hsb/twilio-simulator'

// A Twilio that counts, in a process of its own: twilio-process.ts OPTIONS. What it has accepted is
// asked for over its control API. It ends with its stdin.

/** What the one who starts this process has to say. */
export interface TwilioOptions {
  seed: number
  behaviours: Behaviour[]
}

// What is handed over is typed where it is written.
const { seed, behaviours } = JSON.parse(process.argv[2] ?? '') as TwilioOptions
process.stdin.on('end', () => process.exit(0)).resume()

const twilio = createSimulator({
  seed,
  delays: { queuedMs: 1, sendingMs: 1, sentMs: 5, deliveredMs: 10 },
  requestLogSize: 100,
})
// Most answers come late, so that there is always a call to be cut off. What a run wants comes first:
// one call is slowed down once.
twilio.behave(
  ...behaviours,
  { kind: 'slow', before: 'accepting', ms: 30, times: 'always', probability: 0.25 },
  { kind: 'slow', after: 'accepting', ms: 100, times: 'always', probability: 0.9 },
)
const { url } = await twilio.listen()
const { accountSid, authToken } = twilio
writeSync(1, `${JSON.stringify({ url, accountSid, authToken })}\n`)
