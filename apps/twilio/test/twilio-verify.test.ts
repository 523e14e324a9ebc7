import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Behaviour } from '@hsb/twilio-simulator'
import { onBench, phone, type VerificationBench, wrong } from './verification-bench.ts'

const minute = 60_000
const backend = 'twilio-verify'
const on = (run: (bench: VerificationBench) => Promise<void>) => onBench({ backend }, run)
const onStart = { operation: 'verifications.create' } as const
const onCheck = { operation: 'verification-check' } as const

describe('starting through Twilio Verify', () => {
  const refusals = [
    { code: 60200, kind: 'invalid-phone' },
    { code: 21211, kind: 'invalid-phone' },
    { code: 60205, kind: 'destination-not-allowed' },
    { code: 60410, kind: 'destination-not-allowed' },
    { code: 60605, kind: 'destination-not-allowed' },
    { code: 60223, kind: 'channel-not-available' },
    { code: 60238, kind: 'unavailable' },
    { code: 20003, kind: 'unavailable' },
  ]
  for (const { code, kind } of refusals) {
    it(`answers ${kind} when Twilio refuses with ${code}`, () =>
      on(async (bench) => {
        bench.twilio.behave({ kind: 'refuse', code, ...onStart })
        assert.deepEqual(await bench.start(), { kind })
      }))
  }

  it('counts no code that Twilio refuses to send', () =>
    on(async (bench) => {
      bench.twilio.behave({ kind: 'refuse', code: 60410, ...onStart })
      await bench.start({ clientAddress: '192.0.2.1' })
      const { sendsLeft } = await bench.started({ clientAddress: '192.0.2.1' })
      assert.equal(sendsLeft, 4, 'the refused one is not running')
    }))

  for (const code of [60203, 60212, 20429]) {
    it(`answers throttled when Twilio has had enough with ${code}`, () =>
      on(async (bench) => {
        bench.twilio.behave({ kind: 'refuse', code, httpStatus: 429, ...onStart })
        assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 30 })
      }))
  }

  it('passes on how long Twilio wants to be left alone', () =>
    on(async (bench) => {
      bench.twilio.behave({ kind: 'busy', retryAfterSeconds: 7, ...onStart })
      assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 7 })
    }))

  const silences: Behaviour[] = [
    { kind: 'hang-up', before: 'accepting', ...onStart },
    { kind: 'hang-up', after: 'accepting', ...onStart },
    { kind: 'server-error', after: 'accepting', ...onStart },
    { kind: 'html', after: 'accepting', ...onStart },
    { kind: 'cut-body', ...onStart },
  ]
  for (const behaviour of silences) {
    const moment = 'after' in behaviour ? ' after accepting' : ''
    it(`goes on with the same verification after ${behaviour.kind}${moment}`, () =>
      on(async (bench) => {
        bench.twilio.behave(behaviour)
        const unanswered = await bench.start({ clientAddress: '192.0.2.1' })
        assert.deepEqual(unanswered, { kind: 'unavailable' })
        await bench.advance(minute)
        const { verificationId, sendsLeft } = await bench.started({ clientAddress: '192.0.2.1' })
        assert.equal(sendsLeft, 3)
        const result = await bench.check(verificationId, await bench.codeOn())
        assert.equal(result.kind, 'approved')
      }))
  }

  it('keeps the deadline that Twilio keeps, also for whoever starts later', () =>
    on(async (bench) => {
      const first = await bench.started({ clientAddress: '192.0.2.1' })
      await bench.advance(9 * minute)
      const later = await bench.started({ clientAddress: '192.0.2.2' })
      assert.equal(later.expiresAt, first.expiresAt)
      await bench.advance(minute)
      const code = await bench.codeOn()
      assert.deepEqual(await bench.check(later.verificationId, code), { kind: 'expired' })
    }))

  it('goes by call and WhatsApp too', () =>
    on(async (bench) => {
      const call = await bench.started({ channel: 'call' })
      assert.equal(call.channel, 'call')
      await bench.started({ channel: 'whatsapp', toPhone: '+12125550123' })
      const channels = bench.twilio.verifications().map((one) => one.channel)
      assert.deepEqual(channels, ['call', 'whatsapp'])
    }))

  it('keeps no code and writes no message', () =>
    on(async (bench) => {
      await bench.started()
      const code = await bench.codeOn()
      assert.ok(!JSON.stringify(bench.logs).includes(code))
      const kinds = bench.twilio.messages({ to: phone }).map((one) => one.kind)
      assert.deepEqual(kinds, ['verification'])
    }))
})

describe('checking through Twilio Verify', () => {
  it('keeps a guess counted when Twilio does not answer', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      const code = await bench.codeOn()
      bench.twilio.behave({ kind: 'hang-up', before: 'accepting', ...onCheck })
      assert.deepEqual(await bench.check(verificationId, code), { kind: 'unavailable' })
      const result = await bench.check(verificationId, wrong(code))
      assert.deepEqual(result, { kind: 'incorrect', attemptsLeft: 3 })
      assert.equal((await bench.check(verificationId, code)).kind, 'approved')
    }))

  it('is busy, not wrong, when Twilio is', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      bench.twilio.behave({ kind: 'busy', ...onCheck })
      const result = await bench.check(verificationId, await bench.codeOn())
      assert.deepEqual(result, { kind: 'unavailable' })
    }))

  it('is over when Twilio has forgotten the verification', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      bench.twilio.behave({ kind: 'refuse', code: 20404, httpStatus: 404, ...onCheck })
      const result = await bench.check(verificationId, await bench.codeOn())
      assert.deepEqual(result, { kind: 'expired' })
    }))

  it('spends a right code that was approved without an answer', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      const code = await bench.codeOn()
      bench.twilio.behave({ kind: 'hang-up', after: 'accepting', ...onCheck })
      assert.deepEqual(await bench.check(verificationId, code), { kind: 'unavailable' })
      assert.deepEqual(await bench.check(verificationId, code), { kind: 'expired' })
      await bench.advance(minute)
      const next = await bench.started()
      const result = await bench.check(next.verificationId, await bench.codeOn())
      assert.equal(result.kind, 'approved')
    }))

  it('starts afresh after a stranger has used up the guesses that Twilio shares', () =>
    on(async (bench) => {
      const mine = await bench.started({ clientAddress: '192.0.2.1' })
      const code = await bench.codeOn()
      await bench.advance(minute)
      const stranger = await bench.started({ clientAddress: '192.0.2.2' })
      for (let i = 0; i < 5; i++) await bench.check(stranger.verificationId, wrong(code))
      const result = await bench.check(mine.verificationId, code)
      assert.deepEqual(result, { kind: 'expired' })
      await bench.advance(minute)
      const next = await bench.started({ clientAddress: '192.0.2.3' })
      const later = await bench.check(next.verificationId, await bench.codeOn())
      assert.equal(later.kind, 'approved')
    }))

  it('ends with Twilio when it is canceled', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      await bench.verifications.cancel(verificationId)
      assert.deepEqual(
        bench.twilio.verifications().map((one) => one.status),
        ['canceled'],
      )
    }))

  it('asks Twilio five times at most', () =>
    on(async (bench) => {
      const { verificationId } = await bench.started()
      const code = wrong(await bench.codeOn())
      await Promise.all(Array.from({ length: 50 }, () => bench.check(verificationId, code)))
      const asked = bench.twilio.verifications().map((one) => one.checks)
      assert.deepEqual(asked, [5])
    }))
})
