import assert from 'node:assert/strict'
import type { TestApp } from '../../../twilio/test/app.ts'
import type { LateClock } from './late-clock.ts'

const hour = 3_600_000
/** How much of the past is filled: the day that is shown, and the one it is compared with. */
export const pastMs = 47 * hour

// Numbers that are given to nobody, kept free for films and tests by the authorities of each country.
const customers =
  `+14155550134 +14155550187 +12125550119 +16135550172 +16135550128 +46701740605 +46701740633
  +46701740671 +61491570156 +61491571266 +61491570158 +12045550193 +14155550162 +46701740658`.split(
    /\s+/,
  )
const texts = [
  'Your parcel with order 48213 arrives tomorrow between 9:00 and 12:00.',
  'Reminder: your appointment is on Friday at 14:30. Reply C to confirm or R to move it.',
  'Your table for two is booked for tonight, 19:30. See you soon!',
  'Order 48217 is ready to be picked up at Hamngatan 12. We are open until 20:00.',
]
const failures = [30003, 30005, 30003, 30006, 30007]

/** Numbers that look thrown, and are the same at each run. */
function createDice(): () => number {
  let state = 7
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Two days of a shop and its customers, up to now: what the pages look like once they are used. */
export async function liveTwoDays(test: TestApp, clock: LateClock): Promise<void> {
  const { app, twilio } = test
  const roll = createDice()
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T
  // Twilio first is told, and then tells: what it tells is as old as our clock says.
  const pass = async (ms: number) => {
    clock.catchUp(ms)
    await twilio.clock.advance(clock.now() - twilio.clock.now().getTime())
  }
  let made = 0
  const send = async (toPhone: string, sendAt?: Date) => {
    const message = texts[made % texts.length] ?? ''
    const metadata = { order: String(48_200 + ++made) }
    const result = await app.messages.send({ toPhone, message, metadata, sendAt })
    assert.ok(result.kind === 'accepted' || result.kind === 'opted-out', result.kind)
  }
  const prove = async (toPhone: string, ends: 'approved' | 'wrong' | 'left') => {
    const started = await app.verifications.start({ toPhone, clientAddress: '203.0.113.9' })
    if (started.kind !== 'started') return
    await app.runDue()
    await pass(900)
    await pass(9000 + roll() * 20_000)
    const code = twilio.code(toPhone) ?? ''
    const wrong = code === '123456' ? '654321' : '123456'
    const check = (guess: string) =>
      app.verifications.check({ verificationId: started.verificationId, code: guess })
    if (ends === 'wrong') await check(wrong)
    if (ends !== 'left') await check(code)
  }
  const round = async (count: number, at: number) => {
    const left = Math.floor(at / hour)
    if (left % 3 === 1) {
      const [to, code] = [pick(customers), failures[left % failures.length] ?? 30003]
      twilio.behave({ kind: 'undelivered', code, to })
      await send(to)
    }
    twilio.behave({ kind: 'late', ms: 1500 + roll() * 5000 })
    for (let index = 0; index < count; index++) await send(pick(customers))
    await app.runDue()
    await pass(420)
    await pass(900 + roll() * 1500)
    await pass(8000)
    if (left % 2 === 0) {
      await prove(pick(customers), left % 8 === 2 ? 'left' : left % 6 === 0 ? 'wrong' : 'approved')
    }
    if (left % 4 === 3) await twilio.reply({ from: pick(customers), body: 'C' })
  }

  for (let left = pastMs; left > 23 * hour; left -= 6 * hour) {
    await round(18, left)
    await pass(6 * hour - 60_000)
    await app.runDue()
  }
  for (let left = 23 * hour; left > 0; left -= hour) {
    await round(2 + Math.round(2 * Math.sin((left / hour / 24) * Math.PI)), left)
    await pass(Math.min(hour - 60_000, Date.now() - clock.now() - 5 * 60_000))
    await app.runDue()
  }
  await twilio.reply({ from: customers[1] ?? '', body: 'Thanks! Can I come at 15:00 instead?' })
  await twilio.reply({ from: customers[9] ?? '', body: 'STOP' })
  await prove(customers[2] ?? '', 'left')
  await pass(Date.now() - clock.now() - 9000)
  // What is going on just now.
  twilio.behave({ kind: 'undelivered', code: 30003, to: customers[5] ?? '' })
  await send(customers[5] ?? '')
  twilio.behave({ kind: 'wrong-signature', to: customers[7] ?? '' })
  await send(customers[7] ?? '')
  await app.runDue()
  await pass(420)
  await pass(1700)
  await pass(Date.now() - clock.now())
  await app.runDue()
  await send(customers[3] ?? '', new Date(Date.now() + 20 * hour))
  await send(customers[8] ?? '')
  twilio.clearBehaviours()
}
