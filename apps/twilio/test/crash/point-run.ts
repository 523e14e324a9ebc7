import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createSimulator } from '@hsb/twilio-simulator'
import { createTwilioApp, type TwilioApp } from '../../src/app.ts'
import { systemClock } from '../../src/clock.ts'
import { readSettings, type TwilioConfig } from '../../src/config.ts'
import { type Message, rankOf } from '../../src/domain/message.ts'
import { createTwilioProvider } from '../../src/provider/twilio.ts'
import type { Provider } from '../../src/provider/provider.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { openSqlite } from '../../src/storage/engines/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { sampleMessage } from '../storage/samples.ts'
import { createDice, type Dice } from '../dice.ts'
import type { Place } from './actor-process.ts'
import type { Stage } from './cast.ts'
import { type Breach, judge } from './checker.ts'
import type { Fate } from './crash-point-process.ts'
import { type Scene, type Step, steps } from './crash-points.ts'
import { createHistory, type History } from './history.ts'
import { openLedger } from './ledger.ts'
import { keepSpares, killed, type Spares } from './spares.ts'

/** Workers die at these steps, one after another on each place. */
export interface PointRun {
  steps: readonly Step[]
  runs: number
  seed: number
  /** A database each; they are worked on at the same time. */
  places: Place[]
}

/** How it went. */
export interface PointReport {
  runs: number
  /** Runs whose worker did not come to its step. */
  missed: string[]
  breaches: Breach[]
}

const messages = 8
const patienceMs = 20_000
const mostAgain = 3

interface Lane {
  app: TwilioApp
  store: Store
  provider: Provider
  place: Place
  config: Omit<TwilioConfig, 'authorize'>
  history: History
  spares: Spares
  dice: Dice
}

/** Runs each step so many times, and judges each database when its runs are over. */
export async function runPoints(stage: Stage, run: PointRun): Promise<PointReport> {
  stage.diagnostic(`crash points, seed ${run.seed}`)
  const twilio = createSimulator({ seed: run.seed, requestLogSize: 100 })
  twilio.behave({ kind: 'lost-callbacks', times: 'always' })
  const { url: baseUrl } = await twilio.listen()
  stage.after(() => twilio.close())
  const spares = keepSpares('crash-point-process.ts', run.places.length)
  stage.after(() => spares.close())
  const { accountSid, authToken } = twilio
  const config = {
    twilio: {
      accountSid,
      authToken,
      baseUrl,
      defaultFrom: '+15005550006',
      connectTimeoutMs: 500,
      responseTimeoutMs: 1_400,
    },
    publicUrl: 'http://127.0.0.1:9',
    delivery: { leaseSeconds: 2, settleAfterSeconds: 0, idlePollMs: 20, concurrency: 2 },
  }
  const plan = Array.from({ length: run.runs }, (_, i) => run.steps.map((step) => ({ step, i })))
  const work = plan.flat()
  const missed: string[] = []
  const breaches: Breach[] = []

  async function workOn(place: Place, number: number): Promise<void> {
    const store =
      place.kind === 'sqlite'
        ? openSqlite(place.file)
        : openPostgres(place, { connectTimeoutMs: 10_000 })
    const provider = createTwilioProvider(readSettings(config), systemClock)
    const app = createTwilioApp({ ...config, worker: 'manual' }, { store, provider })
    stage.after(() => app.stop())
    await app.start()
    const [history, dice] = [createHistory(), createDice(run.seed + number)]
    const lane = { app, store, provider, place, config, history, spares, dice }
    for (let one = work.shift(); one; one = work.shift()) {
      const name = `${one.step} #${one.i} on ${number}`
      // Somebody else may have done first what it was to die at: then once more.
      let died = await dieAt(lane, one.step, name)
      for (let again = 1; !died && again <= mostAgain; again++) {
        died = await dieAt(lane, one.step, `again ${again}, ${name}`)
      }
      if (!died) missed.push(name)
    }
    const accepts = twilio.messages().map(({ sid, to, body, segments, createdAt }) => {
      return { sid, to, body, segments, at: createdAt.getTime() }
    })
    const ours = accepts.filter(({ body }) => body.endsWith(` on ${number}`))
    const rules = { settleAfterSeconds: 0 }
    const left = await openLedger(place).read()
    breaches.push(...judge({ ...left, accepts: ours, history: history.entries(), rules }))
    const open = left.rows.filter((row) => rankOf[row.status] < rankOf.ACCEPTED)
    breaches.push(
      ...open.map(({ text, status }) => ({ rule: 'J1' as const, words: `${text} ${status}` })),
    )
  }

  await Promise.all(run.places.map(workOn))
  return { runs: plan.flat().length, missed, breaches }
}

/** One life to its end, and what those who survive make of it. False where it never came to the step. */
async function dieAt(lane: Lane, step: Step, name: string): Promise<boolean> {
  const ids = await setScene(lane, steps[step], name)
  const child = lane.spares.take()
  const killedItself = once(child, 'exit').then(([, signal]) => signal === 'SIGKILL')
  // Only what is done for each message happens more than once for sure.
  const nth = steps[step] === 'queue' ? 1 + Math.floor(lane.dice() * 2) : 1
  const fate: Fate = { config: lane.config, place: lane.place, step, nth }
  child.stdin?.write(`${JSON.stringify(fate)}\n`)
  const died = await Promise.race([killedItself, delay(patienceMs, false, { ref: false })])
  await killed(child)
  const deadline = performance.now() + patienceMs
  for (;;) {
    await lane.app.runDue()
    const left = await lane.store.messages.findMany(ids)
    if (left.every(({ status }) => rankOf[status] >= rankOf.ACCEPTED)) return died
    if (performance.now() > deadline) return died
    await delay(20)
  }
}

async function setScene(lane: Lane, scene: Scene, name: string): Promise<string[]> {
  const { app, store, provider, history } = lane
  const post = async (i: number): Promise<Message> => {
    const [to, text] = [`+1415555${2_000 + i}`, `${i} ${name}`]
    history.note('host', { kind: 'post', event: 'invoke', key: text, to, text })
    const message =
      scene === 'stale' ? await insertStale(store, to, text) : await send(app, to, text)
    history.note('host', { kind: 'post', event: 'ok', key: text, id: message.id, replayed: false })
    return message
  }
  const posted = await Promise.all(Array.from({ length: messages }, (_, i) => post(i)))
  if (scene === 'orphans') await abandon(store, provider)
  return posted.map((message) => message.id)
}

async function send(app: TwilioApp, toPhone: string, message: string): Promise<Message> {
  const result = await app.messages.send({ toPhone, message })
  if (result.kind !== 'accepted') throw new Error(`not accepted: ${result.kind}`)
  return result.message
}

/** Nobody may be asked to send what is too late already. */
async function insertStale(store: Store, toPhone: string, text: string): Promise<Message> {
  const now = Date.now()
  const times = { createdAt: now, updatedAt: now, lastEventTime: now, nextAt: now, expiresAt: now }
  const message = sampleMessage({ ...times, id: randomUUID(), toPhone, message: text })
  const added = { message, idempotencyKey: undefined, requestHash: undefined }
  await store.transaction((tables) => tables.messages.insert([added]))
  return message
}

/** What a worker leaves that dies when it has made half of its calls. */
async function abandon(store: Store, provider: Provider): Promise<void> {
  const now = Date.now()
  const claim = { now, leaseUntil: now, limit: messages }
  const claimed = await store.transaction((tables) => tables.messages.claimDue(claim))
  const called = claimed.filter((_, i) => i % 2 === 0)
  await Promise.all(
    called.map(({ id, attempts, toPhone, fromPhone, messagingServiceSid, message: body }) =>
      provider.send({
        messageId: id,
        attempt: attempts,
        toPhone,
        fromPhone,
        messagingServiceSid,
        body,
        validitySeconds: 60,
      }),
    ),
  )
}
