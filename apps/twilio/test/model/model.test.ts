import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createTestApp } from '../app.ts'
import { commands, type Real } from './commands.ts'
import { createReference, figures } from './reference.ts'

// Random sequences of what callers, the carrier, the worker and the clock do, against a small model of
// what should come of it. A failure is shrunk to the shortest sequence that shows it. A night's run:
//   MODEL_SEQUENCES=1000 FUZZ_SEED=$RANDOM npm test -- 'apps/twilio/test/model/*.test.ts'

const { MODEL_SEQUENCES, FUZZ_SEED } = process.env
const numRuns = Number(MODEL_SEQUENCES ?? 25)
const seed = Number(FUZZ_SEED ?? 20_261_101)
const timeout = numRuns * 4_000 + 60_000

const config = {
  messages: { expireAfterSeconds: figures.expireAfterSeconds },
  verification: {
    backend: 'own-codes' as const,
    secrets: ['a secret of a test, long enough to be one'],
    countries: 'all' as const,
    refusedTypes: [],
    lifetimeSeconds: figures.lifetimeSeconds,
    maxAttempts: figures.maxAttempts,
    maxSends: figures.maxSends,
  },
  // A verification that is deleted would be one that never was.
  retention: { verificationHours: 'forever' as const },
  throttles: {
    messagesPerPhone: figures.messagesPerPhone,
    codesPerPhone: figures.codesPerPhone,
    guessesPerPhone: figures.guessesPerPhone,
  },
}

// Sequences that meet none of these prove little.
const telling = [
  ...(['approved', 'already-used', 'incorrect', 'expired', 'throttled', 'DELIVERED'] as const),
  ...(['idempotency-key-reused', 'verification-not-found', 'message-not-found'] as const),
]

describe('the API', () => {
  it(`obeys its model: ${numRuns} sequences of about 50 commands`, { timeout }, async (t) => {
    const seen = new Map<string, number>()
    const property = fc.asyncProperty(
      fc.commands(commands, { maxCommands: 100, size: 'max' }),
      async (sequence) => {
        const test = await createTestApp(t, { config })
        // The carrier says nothing by itself: what it says is a command.
        test.twilio.behave({ kind: 'lost-callbacks', times: 'always' })
        const real: Real = { test, texts: [], proofs: [], seen }
        try {
          await fc.asyncModelRun(() => ({ model: createReference(), real }), sequence)
        } finally {
          await test.stop()
        }
      },
    )
    await fc.assert(property, { numRuns, seed })
    const endings = [...seen].map(([one, times]) => `${one} × ${times}`)
    t.diagnostic(`seed ${seed}: ${endings.join(', ')}`)
    for (const word of telling)
      assert.ok(
        endings.some((one) => one.includes(word)),
        word,
      )
  })
})
