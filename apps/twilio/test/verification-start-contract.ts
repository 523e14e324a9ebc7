import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { VerificationBackend } from '../src/domain/verification.ts'
import { type BenchOptions, onBench, phone, type VerificationBench } from './verification-bench.ts'

const second = 1_000
const minute = 60 * second
const other = '+12125550123'

/** What starting and resending promise, over any backend. */
export function startContract(backend: VerificationBackend): void {
  function promise(
    name: string,
    run: (bench: VerificationBench) => Promise<void>,
    options: Omit<BenchOptions, 'backend'> = {},
  ): void {
    it(name, () => onBench({ backend, ...options }, run))
  }

  promise('sends a code of six digits that lives ten minutes', async (bench) => {
    const now = bench.clock.now()
    const { verificationId, ...rest } = await bench.started()
    assert.match(verificationId, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      kind: 'started',
      toPhone: phone,
      channel: 'sms',
      expiresAt: now + 10 * minute,
      resendAfter: now + 30 * second,
      sendsLeft: 4,
    })
    assert.match(await bench.codeOn(), /^\d{6}$/)
    assert.equal(await bench.textsOn(), 1)
  })

  promise('refuses text that is no phone', async (bench) => {
    for (const toPhone of ['', '4155552671', '+1415555267', `${phone}<script>`, ` ${phone}`]) {
      assert.deepEqual(await bench.start({ toPhone }), { kind: 'invalid-phone' })
    }
    assert.equal(bench.twilio.requests().length, 0)
  })

  promise('refuses a purpose that is no word', async (bench) => {
    await assert.rejects(bench.start({ purpose: 'Log in' }), RangeError)
  })

  promise(
    'sends to no country that is not switched on',
    async (bench) => {
      const refused = await bench.start({ toPhone: '+46701234567', clientAddress: '192.0.2.1' })
      assert.deepEqual(refused, { kind: 'destination-not-allowed' })
      await bench.started({ toPhone: phone, clientAddress: '192.0.2.1' })
      assert.equal(await bench.textsOn('+46701234567'), 0)
    },
    {
      verification: { countries: ['US'] },
      throttles: { startsPerAddress: [{ limit: 1, windowSeconds: 60 }] },
    },
  )

  promise(
    'sends nowhere until a country is switched on',
    async (bench) => {
      assert.deepEqual(await bench.start(), { kind: 'destination-not-allowed' })
    },
    { verification: { countries: [] } },
  )

  promise('refuses lines that cost the owner, before any call', async (bench) => {
    for (const toPhone of ['+19005551212', '+881612345678', '+18005551212', '+447012345678']) {
      assert.deepEqual(await bench.start({ toPhone }), { kind: 'destination-not-allowed' })
    }
    assert.equal(bench.twilio.requests().length, 0)
  })

  promise('waits thirty seconds between two codes, to the millisecond', async (bench) => {
    await bench.started()
    await bench.advance(30 * second - 1)
    assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 1 })
    await bench.advance(1)
    await bench.started()
  })

  promise('counts nothing for a start that it refuses', async (bench) => {
    await bench.started()
    for (let i = 0; i < 29; i++) {
      await bench.advance(second)
      assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 29 - i })
    }
    await bench.advance(second)
    await bench.started()
    assert.equal(await bench.textsOn(), 2)
  })

  promise('sends five codes in ten minutes', async (bench) => {
    for (let sent = 1; sent <= 5; sent++) {
      await bench.started()
      assert.equal(await bench.textsOn(), sent)
      await bench.advance(minute)
    }
    assert.deepEqual(await bench.start(), { kind: 'throttled', retryAfterSeconds: 300 })
    await bench.advance(5 * minute)
    await bench.started()
    assert.equal(await bench.textsOn(), 6)
  })

  promise('lets one address start ten times a minute, and others go on', async (bench) => {
    const toPhones = Array.from({ length: 12 }, (_, i) => `+1415555${2600 + i}`)
    const starts = await Promise.all(
      toPhones.map((toPhone) => bench.start({ toPhone, clientAddress: '192.0.2.1' })),
    )
    assert.equal(starts.filter((one) => one.kind === 'started').length, 10)
    assert.equal(starts.filter((one) => one.kind === 'throttled').length, 2)
    // Which ones came too late is the database's to say.
    const late = toPhones[starts.findIndex((one) => one.kind === 'throttled')]
    await bench.started({ toPhone: late ?? '', clientAddress: '192.0.2.2' })
  })

  promise(
    'takes a /64 of IPv6 for one address',
    async (bench) => {
      await bench.started({ clientAddress: '2001:db8::1' })
      const again = await bench.start({ toPhone: other, clientAddress: '2001:db8::ffff:1' })
      assert.equal(again.kind, 'throttled')
      await bench.started({ toPhone: other, clientAddress: '2001:db8:0:1::1' })
    },
    { throttles: { startsPerAddress: [{ limit: 1, windowSeconds: 60 }] } },
  )

  promise(
    'keeps the caps by country and in all',
    async (bench) => {
      await bench.started()
      assert.equal((await bench.start({ toPhone: other })).kind, 'throttled')
      await bench.started({ toPhone: '+46701234567' })
      assert.equal((await bench.start({ toPhone: '+33612345678' })).kind, 'throttled')
    },
    {
      throttles: {
        codesPerCountry: [{ limit: 1, windowSeconds: 60 }],
        codesTotal: [{ limit: 2, windowSeconds: 60 }],
      },
    },
  )

  promise('sends the same code again with the same deadline, by id', async (bench) => {
    const first = await bench.started()
    const code = await bench.codeOn()
    await bench.advance(4 * minute)
    const { verificationId } = first
    const again = await bench.started({ verificationId, clientAddress: '192.0.2.77' })
    assert.equal(again.verificationId, verificationId)
    assert.equal(again.expiresAt, first.expiresAt)
    assert.equal(again.sendsLeft, 3)
    assert.equal(await bench.codeOn(), code)
    assert.equal(await bench.textsOn(), 2)
  })

  promise('takes a repeated start from one address for a resend', async (bench) => {
    const first = await bench.started({ clientAddress: '192.0.2.1' })
    await bench.advance(minute)
    const again = await bench.started({ clientAddress: '192.0.2.1' })
    assert.equal(again.verificationId, first.verificationId)
    assert.equal(again.expiresAt, first.expiresAt)
  })

  promise('gives a stranger elsewhere an id of his own', async (bench) => {
    const first = await bench.started({ clientAddress: '192.0.2.1' })
    await bench.advance(minute)
    const stranger = await bench.started({ clientAddress: '192.0.2.2' })
    assert.notEqual(stranger.verificationId, first.verificationId)
    await bench.advance(minute)
    const nobody = await bench.started()
    assert.equal(new Set([first, stranger, nobody].map((one) => one.verificationId)).size, 3)
  })

  promise('sends nothing again for an id that is not of this phone and purpose', async (bench) => {
    const { verificationId } = await bench.started()
    await bench.advance(minute)
    const refused = { kind: 'verification-not-found' }
    assert.deepEqual(await bench.start({ toPhone: other, verificationId }), refused)
    assert.deepEqual(await bench.start({ verificationId, purpose: 'sign-in' }), refused)
    assert.deepEqual(await bench.start({ verificationId: 'made-up' }), refused)
    assert.equal(await bench.textsOn(), 1)
    assert.equal(await bench.textsOn(other), 0)
  })

  promise('sends nothing again for a verification that has ended', async (bench) => {
    const { verificationId } = await bench.started()
    await bench.check(verificationId, await bench.codeOn())
    await bench.advance(minute)
    assert.deepEqual(await bench.start({ verificationId }), { kind: 'verification-not-found' })
  })

  promise(
    'sends a verification as often as set, then refuses until its deadline',
    async (bench) => {
      const { verificationId } = await bench.started()
      await bench.advance(minute)
      const last = await bench.started({ verificationId })
      assert.equal(last.sendsLeft, 0)
      assert.equal(last.resendAfter, last.expiresAt)
      await bench.advance(minute)
      const refused = { kind: 'throttled', retryAfterSeconds: 8 * 60 }
      assert.deepEqual(await bench.start({ verificationId }), refused)
    },
    { verification: { maxSends: 2 } },
  )

  promise('answers a phone that opted out as any other, and sends nothing', async (bench) => {
    await bench.app.optOuts.add(phone, 'stop')
    const now = bench.clock.now()
    const { verificationId, ...rest } = await bench.started({ clientAddress: '192.0.2.1' })
    assert.deepEqual(rest, {
      kind: 'started',
      toPhone: phone,
      channel: 'sms',
      expiresAt: now + 10 * minute,
      resendAfter: now + 30 * second,
      sendsLeft: 4,
    })
    const throttled = { kind: 'throttled', retryAfterSeconds: 30 }
    assert.deepEqual(await bench.start({ clientAddress: '192.0.2.1' }), throttled)
    const guess = await bench.check(verificationId, '000000')
    assert.deepEqual(guess, { kind: 'incorrect', attemptsLeft: 4 })
    assert.equal(await bench.textsOn(), 0)
  })
}
