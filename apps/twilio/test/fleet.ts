import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import type { TwilioApp } from '../src/app.ts'
import type { TwilioConfig } from '../src/config.ts'
import { createTestApp, type TestApp } from './app.ts'

/** Several apps on one database, in front of one Twilio, under one clock. */
export interface Fleet extends TestApp {
  apps: TwilioApp[]
  /** How many rows of the database stand where, of those that this condition of SQL holds for. */
  standings(where?: string): Record<string, number>
  /** What each of them logged as this event. */
  logged(event: string): number[]
  /** Everything due is done by each in turn, and the clocks move on, until `seconds` have passed. */
  live(seconds: number, step?: number): Promise<void>
  /** When messages were handed to Twilio, in milliseconds. */
  sends(): { at: number; form: URLSearchParams; status: number | undefined }[]
}

/** Builds it all. The first one has the keys and gets the callbacks. */
export async function createFleet(
  t: TestContext,
  options: { apps: number; config?: Partial<TwilioConfig>; requestLogSize?: number },
): Promise<Fleet> {
  // In memory where that can be had: hundreds of rounds would wait for the disk.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hsb-fleet-'))
  const file = join(folder, 'sms.db')
  const config = { ...options.config, database: `file:${file}` }
  const first = await createTestApp(t, {
    config,
    twilio: { requestLogSize: options.requestLogSize },
  })
  const others: TestApp[] = []
  for (let i = 1; i < options.apps; i++) {
    const { accountSid, authToken } = first.twilio
    const baseUrl = first.app.settings.twilio.baseUrl
    const twilio = { accountSid, authToken, baseUrl, defaultFrom: '+15005550006' }
    others.push(await createTestApp(t, { config: { ...config, twilio }, clock: first.clock }))
  }
  t.after(async () => {
    await Promise.all([first, ...others].map((one) => one.stop()))
    rmSync(folder, { recursive: true })
  })
  const all = [first, ...others]
  const apps = all.map((one) => one.app)

  return {
    ...first,
    apps,
    standings(where = 'true') {
      const database = new DatabaseSync(file, { readOnly: true })
      const text = `select status, count(*) as n from sms_log where ${where} group by status`
      const rows = database.prepare(text).all()
      database.close()
      return Object.fromEntries(rows.map((row) => [String(row['status']), Number(row['n'])]))
    },
    logged: (event) =>
      all.map((one) => one.logs.filter((line) => line.fields['event'] === event).length),
    async live(seconds, step = 5) {
      for (let passed = 0; passed < seconds; passed += step) {
        for (const app of apps) await app.runDue()
        await first.advance(step * 1_000)
      }
    },
    sends: () =>
      first.twilio
        .requests()
        .flatMap((one) =>
          one.kind === 'api' && one.method === 'POST'
            ? [{ at: one.time.getTime(), form: one.form, status: one.status }]
            : [],
        ),
  }
}

/** The most that any window of this length holds; each moment counts as `costs` says. */
export function mostIn(windowMs: number, moments: readonly number[], costs?: number[]): number {
  let most = 0
  let sum = 0
  let first = 0
  moments.forEach((at, i) => {
    sum += costs?.[i] ?? 1
    for (; (moments[first] ?? at) <= at - windowMs; first++) sum -= costs?.[first] ?? 1
    most = Math.max(most, sum)
  })
  return most
}
