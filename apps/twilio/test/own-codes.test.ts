import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import {
  fixedBytes,
  onBench,
  phone,
  secrets,
  type VerificationBench,
  wrong,
} from './verification-bench.ts'

const minute = 60_000
const backend = 'own-codes'

/** Every cell of every table. */
function dump(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const tables = database.prepare(`select name from sqlite_schema where type = 'table'`).all()
    return tables.flatMap(({ name }) =>
      database
        .prepare(`select * from "${String(name)}"`)
        .all()
        .flatMap((row) => Object.values(row).map(String)),
    )
  } finally {
    database.close()
  }
}

describe('own codes', () => {
  it('stand nowhere in the database and in no log, in clear or hashed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-codes-'))
    const file = join(folder, 'sms.db')
    const world = { randomBytes: fixedBytes() }
    try {
      await onBench({ backend, config: { database: `file:${file}` }, world }, async (bench) => {
        const codes: string[] = []
        for (let i = 0; i < 50; i++) {
          const toPhone = `+1415555${2600 + i}`
          const { verificationId } = await bench.started({ toPhone, clientAddress: '192.0.2.1' })
          const code = await bench.codeOn(toPhone)
          codes.push(code)
          await bench.check(verificationId, i % 2 === 0 ? code : wrong(code))
          await bench.advance(6_000)
        }
        const cells = dump(file)
        const logs = JSON.stringify(bench.logs)
        assert.ok(cells.length > 1_000 && logs.includes('verification-start'))
        assert.ok(
          cells.some((cell) => cell.includes('{code}')),
          'the texts keep their placeholder',
        )
        for (const code of codes) {
          assert.ok(!cells.some((cell) => cell.includes(code)), `${code} is in the database`)
          assert.ok(!logs.includes(code), `${code} is in the logs`)
        }
        const known = new Set(cells)
        for (let i = 0; i < 1_000_000; i++) {
          const digest = hash('sha256', String(i).padStart(6, '0'), 'hex')
          assert.ok(!known.has(digest))
        }
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('work for their id, phone and purpose only', () =>
    onBench({ backend }, async (bench) => {
      const purposes = ['verify', 'sign-in', 'pay']
      const runs: { id: string; code: string }[] = []
      for (const toPhone of [phone, '+12125550123', '+13125550123']) {
        for (const purpose of purposes) {
          const { verificationId } = await bench.started({ toPhone, purpose })
          runs.push({ id: verificationId, code: await bench.codeOn(toPhone) })
          await bench.advance(30_000)
        }
      }
      assert.equal(new Set(runs.map((run) => run.code)).size, 9)
      for (const [i, { code }] of runs.entries()) {
        const next = runs[(i + 1) % runs.length]
        assert.equal((await bench.check(next?.id ?? '', code)).kind, 'incorrect')
      }
      for (const { id, code } of runs) assert.equal((await bench.check(id, code)).kind, 'approved')
    }))

  it('go out before other messages, by the sender of the app, and not after their deadline', () =>
    onBench(
      { backend, throttles: { codesPerPhone: [] }, config: { delivery: { concurrency: 1 } } },
      async (bench) => {
        await bench.app.messages.send({ toPhone: phone, message: 'first in line' })
        await bench.started()
        await bench.app.runDue()
        const [first, second] = bench.twilio.messages({ to: phone })
        assert.match(first?.body ?? '', /verification code/)
        assert.equal(first?.from, '+15005550006')
        assert.equal(second?.body, 'first in line')

        await bench.started()
        await bench.advance(10 * minute)
        assert.equal(await bench.textsOn(), 2)
      },
    ))

  it('are not sent once the verification has ended', () =>
    onBench({ backend }, async (bench) => {
      const { verificationId } = await bench.started()
      await bench.verifications.cancel(verificationId)
      assert.equal(await bench.textsOn(), 0)
    }))

  it('have their text in the language asked for, the name of the app and the line for browsers', () =>
    onBench(
      { backend, verification: { appName: 'Example', webOtpDomain: 'example.com' } },
      async (bench) => {
        await bench.started({ locale: 'sv-FI' })
        const code = await bench.codeOn()
        const body = bench.twilio.messages({ to: phone })[0]?.body
        const text = `${code} är din kod för Example. Dela den inte med någon.\n`
        assert.equal(body, `${text}@example.com #${code}`)
      },
    ))

  it('may have ten digits', () =>
    onBench({ backend, verification: { codeLength: 10 } }, async (bench) => {
      const { verificationId } = await bench.started()
      const code = await bench.codeOn()
      assert.match(code, /^\d{10}$/)
      assert.equal((await bench.check(verificationId, code)).kind, 'approved')
    }))

  it('go by text only', () =>
    onBench({ backend }, async (bench) => {
      for (const channel of ['call', 'whatsapp'] as const) {
        assert.deepEqual(await bench.start({ channel }), { kind: 'channel-not-available' })
      }
    }))

  it('count as segments of the cap on money', () =>
    onBench(
      { backend, throttles: { segmentsTotal: [{ limit: 2, windowSeconds: 3_600 }] } },
      async (bench) => {
        await bench.started()
        const message = { toPhone: phone, message: 'one segment' }
        assert.equal((await bench.app.messages.send(message)).kind, 'accepted')
        const refused = await bench.start({ toPhone: '+12125550123' })
        assert.deepEqual(refused, { kind: 'throttled', retryAfterSeconds: 3_600 })
      },
    ))

  it('outlive a new secret and end with their own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-codes-'))
    const config = { database: `file:${join(folder, 'sms.db')}` }
    const next = 'the next secret of a test, just as long'
    const on = (keys: string[], run: (bench: VerificationBench) => Promise<void>) =>
      onBench({ backend, config, verification: { secrets: keys } }, run)
    try {
      const codes: { id: string; code: string }[] = []
      await on(secrets, async (bench) => {
        for (const toPhone of [phone, '+12125550123']) {
          const { verificationId } = await bench.started({ toPhone })
          codes.push({ id: verificationId, code: await bench.codeOn(toPhone) })
        }
      })
      await on([next, ...secrets], async (bench) => {
        const { id = '', code = '' } = codes[0] ?? {}
        assert.equal((await bench.check(id, code)).kind, 'approved')
      })
      await on([next], async (bench) => {
        const { id = '', code = '' } = codes[1] ?? {}
        assert.deepEqual(await bench.check(id, code), { kind: 'expired' })
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
