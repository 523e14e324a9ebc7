import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { createTwilioApp, type TwilioApp, type TwilioConfig } from '../../src/index.ts'

// Runs the code of README and pages as a user's program: the server of the README first, then each
// snippet over it. Arguments: the folder with the blocks, the address of the simulator, the database.
const [folder = '', simulator = '', database = ''] = process.argv.slice(2)
const phone = '+14155552671'

const load = async <Exports>(name: string) => (await import(join(folder, `${name}.ts`))) as Exports

/** The newest code on the phone. */
async function ask(): Promise<string> {
  for (;;) {
    const url = `${simulator}/_simulator/messages?to=${encodeURIComponent(phone)}`
    const text = await (await fetch(url)).text()
    const code = /\b(\d{6}) is your/.exec(text)?.[1]
    if (code !== undefined) return code
    await delay(20)
  }
}

const { sms } = await load<{ sms: TwilioApp }>('express')

for (const name of ['verifying', 'texts', 'stripped', 'rotation']) {
  const { default: config } = await load<{ default: TwilioConfig }>(name)
  // Wrong settings are told here.
  createTwilioApp(config)
}

// The host's own sign-in decides who opens the admin pages.
const sessionOf = async (cookie?: string) => ({ user: 'anna', isStaff: cookie === 'staff' })
Object.assign(globalThis, { sessionOf })
const { default: staffOnly } = await load<{ default: TwilioConfig }>('authorize')
const shop = createTwilioApp({ ...staffOnly, database: ':memory:', worker: 'manual' })
await shop.start()
for (const [cookie, status] of [
  ['staff', 200],
  ['customer', 401],
] as const) {
  const url = `${staffOnly.publicUrl}/admin/api/session/`
  const answer = await shop.fetch(new Request(url, { headers: { cookie } }))
  assert.equal(answer.status, status)
}
await shop.stop()

const { tellShipped } = await load<{ tellShipped: (to: string, order: string) => Promise<string> }>(
  'shipped',
)
const id = await tellShipped(phone, '17')
assert.equal(await tellShipped(phone, '17'), id, 'asked for twice, it is sent once')

const { remind } = await load<{ remind: (to: string, day: string) => Promise<string> }>('reminder')
const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
const reminder = await sms.messages.get(await remind(phone, tomorrow))
assert.equal(reminder?.message.status, 'SCHEDULED')

const pool = new Pool({ connectionString: database })
await pool.query('create table orders (phone text, total integer)')
await pool.query('create table booking (phone text, day text)')
const { placeOrder } = await load<{ placeOrder: (to: string, total: number) => Promise<void> }>(
  'orders',
)
await placeOrder(phone, 42)
const { book } = await load<{ book: (db: unknown, to: string, day: string) => Promise<void> }>(
  'bookings',
)
await book(new Kysely({ dialect: new PostgresDialect({ pool }) }), phone, tomorrow)
const found = await sms.messages.list({ toPhone: phone })
const texts = found.messages.map(({ message }) => message)
assert.deepEqual(texts.slice(0, 2), [
  `See you on ${tomorrow}.`,
  'Thank you! Your order of 42 is on its way.',
])

const key = await sms.apiKeys.create({ name: 'snippets', scopes: ['send'] })
const client = join(folder, 'client.ts')
await writeFile(client, (await readFile(client, 'utf8')).replace('hsb_…', key.key))
const { tell } = await load<{ tell: (to: string, order: string) => Promise<string> }>('client')
const told = await sms.messages.get(await tell(phone, '18'))
assert.equal(told?.message.message, 'Order 18 is on its way')

type Login = (toPhone: string, ask: () => Promise<string>) => Promise<string>
const { login } = await load<{ login: Login }>('front-end')
const token = await login(phone, ask)
const { phoneOf } = await load<{ phoneOf: (token: string) => Promise<string | undefined> }>('proof')
assert.equal(await phoneOf(token), phone)
assert.equal(await phoneOf(`${token}x`), undefined)

interface Pages {
  startLogin(toPhone: string, clientAddress: string): Promise<string>
  finishLogin(verificationId: string, code: string): Promise<string>
}
const pages = await load<Pages>('login')
const other = await pages.startLogin('+14155552672', '203.0.113.7')
assert.equal(await pages.finishLogin(other, 'wrong'), 'incorrect')

const { promise: heard, resolve: hear } = Promise.withResolvers<void>()
const { log } = console
console.log = (line: string) => {
  if (line.endsWith('has arrived')) hear()
}
await load('heard')
await tellShipped(phone, '19')
await heard

process.chdir(folder)
await load('refused')
assert.deepEqual(JSON.parse(await readFile('refused.json', 'utf8')), [])
await pool.query('drop table orders, booking')
await pool.end()
log('all of it ran')
// As whoever runs the server would.
process.kill(process.pid, 'SIGTERM')
