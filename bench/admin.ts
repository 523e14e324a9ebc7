import { createTwilioApp } from '../apps/twilio/src/app.ts'
import { systemClock } from '../apps/twilio/src/clock.ts'
import { createHourly } from '../apps/twilio/src/services/hourly.ts'
import { openPostgres } from '../apps/twilio/src/storage/engines/postgres.ts'
import { openSqlite } from '../apps/twilio/src/storage/engines/sqlite.ts'
import { goOn } from './ending.ts'
import type { Engine } from './engine.ts'
import { type Place, settingOf } from './place.ts'
import { startProgram } from './process.ts'

/** What the admin pages ask, and how many milliseconds an answer may take (99 of 100). */
const questions: Record<string, { path: string; mostMs: number }> = {
  'overview 24h': { path: 'overview/?range=24h', mostMs: 300 },
  'overview 7d': { path: 'overview/?range=7d', mostMs: 300 },
  'overview 30d': { path: 'overview/?range=30d', mostMs: 300 },
  'newest 50': { path: 'messages/', mostMs: 50 },
  'newest 100': { path: 'messages/?limit=100', mostMs: 50 },
  'a status with all': { path: 'messages/?status=DELIVERED', mostMs: 50 },
  'a status with none': { path: 'messages/?status=SENT', mostMs: 50 },
  'what failed (none)': { path: 'messages/?status=FAILED,UNDELIVERED', mostMs: 50 },
  'an error (none)': { path: 'messages/?error=30003', mostMs: 50 },
  'a phone': { path: 'messages/?q=%2B14155551234', mostMs: 50 },
  'the end of a phone': { path: 'messages/?q=1234', mostMs: 50 },
  'no such end of a phone': { path: 'messages/?q=99999', mostMs: 50 },
  'a word in all texts': { path: 'messages/?q=parcel', mostMs: 50 },
  'a word in no text': { path: 'messages/?q=nowhere', mostMs: 50 },
  'a sender (none)': { path: 'messages/?sender=Shop', mostMs: 50 },
  'a channel (none)': { path: 'messages/?channel=whatsapp', mostMs: 50 },
  inbound: { path: 'messages/?direction=inbound', mostMs: 50 },
  'a month ago': {
    path: `messages/?until=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`,
    mostMs: 50,
  },
  everything: {
    path: 'messages/?status=FAILED&error=30003&sender=Shop&channel=sms&q=nowhere',
    mostMs: 50,
  },
  conversations: { path: 'conversations/', mostMs: 50 },
  verifications: { path: 'verifications/?q=1234', mostMs: 50 },
  queue: { path: 'queue/', mostMs: 50 },
}

const portion = 50_000
const asked = 100

/** What the admin pages wait for with `rows` messages. */
export async function measureAdmin(engine: Engine, rows: number): Promise<void> {
  const place = engine.newPlace('admin')
  const filler = await startProgram('workers/filler', place)
  for (let done = 0; done < rows; done += portion) {
    await filler.ask(`fill ${Math.min(portion, rows - done)}`)
  }
  await filler.stop()
  await engine.settle(place)
  const seconds = await countAll(place)
  console.log(`\nthe admin pages on ${engine.name} with ${rows} messages`)
  console.log(`  all events counted in ${seconds.toFixed(0)} s`)
  await engine.settle(place)
  const app = createTwilioApp({
    twilio: {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'of-nobody-at-all',
      defaultFrom: 'Shop',
    },
    publicUrl: 'https://sms.example.com',
    database: settingOf(place),
    worker: 'manual',
  })
  await app.start()
  const { key } = await app.apiKeys.create({ name: 'bench', scopes: ['admin'] })
  for (const [name, { path, mostMs }] of Object.entries(questions)) {
    goOn()
    const times: number[] = []
    for (let i = 0; i < asked; i++) {
      const began = performance.now()
      const url = `https://sms.example.com/admin/api/${path}`
      const response = await app.fetch(
        new Request(url, { headers: { authorization: `Bearer ${key}` } }),
      )
      await response.text()
      times.push(performance.now() - began)
      if (response.status !== 200) throw new Error(`${name} was answered ${response.status}`)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const [median = 0, p99 = 0] = [sorted[asked / 2], sorted[asked - 2]]
    const verdict = p99 <= mostMs ? '' : `  over ${mostMs} ms`
    console.log(
      `  ${name.padEnd(24)} ${median.toFixed(1).padStart(7)} ms, 99 of 100 in ${p99.toFixed(1)}${verdict}`,
    )
  }
  await app.stop()
  await engine.drop(place)
}

/** Counts everything, as the worker does it in its rounds; answers the seconds. */
async function countAll(place: Place): Promise<number> {
  const store = 'file' in place ? openSqlite(place.file) : openPostgres(place)
  const hourly = createHourly({ store, clock: systemClock })
  const began = performance.now()
  while ((await hourly.count()) > 0) goOn()
  await store.close()
  return (performance.now() - began) / 1_000
}
