import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TwilioConfig } from '../../src/config.ts'
import type { ActorOptions, Place } from './actor-process.ts'
import type { History } from './history.ts'
import type { FormerVersion } from './former-version.ts'
import { freePort } from '../free-port.ts'
import { type Mortal, startMortal } from './mortal.ts'
import type { Mutant } from './mutants.ts'
import { type CountingTwilio, startTwilio } from './twilio.ts'
import type { TwilioOptions } from './twilio-process.ts'
import { layWire, type Wire } from './wire.ts'
import { type ClockOffset, wrongClock } from './wrong-clock.ts'

/** What a run needs of a test, or of a script in its place. */
export interface Stage {
  after(clean: () => unknown): void
  diagnostic(words: string): void
}

/** Everybody in a run but its clients. */
export interface Cast {
  twilio: CountingTwilio
  /** Takes messages; on SQLite it is the worker too. */
  api: Mortal
  port: number
  workers: Mortal[]
  /** One more worker, who is neither struck at nor stops itself. */
  enlist(): Promise<Mortal>
  place: Place
  /** Between the workers and what they talk to, where a run disturbs that. */
  wires: Wire[]
}

/** How a cast is made up. */
export interface Casting extends TwilioOptions {
  /** A PostgreSQL for an API and so many workers; else one process on a SQLite of its own. */
  postgres?: { url: string; schema: string; workers: number } | undefined
  leaseSeconds: number
  /** Default 800. */
  connectTimeoutMs?: number | undefined
  settleAfterSeconds: number
  /** Calls of a worker at once; default what an app has by itself. */
  concurrency?: number | undefined
  messagesPerPhone?: number | undefined
  wired?: boolean | undefined
  mutant?: Mutant | undefined
  /** Its workers stop themselves once, between a claim and its first call. */
  standsStill?: boolean | undefined
  /** Two more workers of this version; they are there first, and nobody strikes at them. */
  former?: FormerVersion | undefined
  /** The clocks of the workers in turn, where they are wrong. */
  clocks?: readonly (ClockOffset | undefined)[] | undefined
}

/** Starts them all; they end with the stage. */
export async function assemble(stage: Stage, casting: Casting, history: History): Promise<Cast> {
  const { postgres, wired = false, mutant } = casting
  const twilio = await startTwilio(casting)
  stage.after(() => twilio.close())
  const port = await freePort()
  const place = postgres ? { kind: 'postgres' as const, ...postgres } : ownFile(stage)
  const wires: Wire[] = []
  async function wire(url: string): Promise<string> {
    if (!wired) return url
    const laid = await layWire(url)
    stage.after(() => laid.close())
    wires.push(laid)
    return laid.url
  }

  interface Role extends Partial<ActorOptions> {
    script?: string | undefined
    clock?: ClockOffset | undefined
  }

  function start(name: string, where: Place, twilioUrl: string, role: Role) {
    const { script = 'actor-process.ts', clock, ...rest } = role
    const env = clock === undefined ? undefined : wrongClock(clock)
    const worker = name === 'api' && postgres ? 'manual' : 'background'
    const config = { ...configOf(casting, { ...twilio, url: twilioUrl }, port), worker }
    const followsDatabase = casting.clocks !== undefined
    const options = { ...rest, config, place: where, mutant, followsDatabase }
    const isMortal = casting.standsStill !== true
    const mortal = startMortal(name, { script, options, history, env, isMortal })
    stage.after(() => mortal.close())
    return mortal
  }

  for (const n of casting.former ? [1, 2] : []) {
    const { script } = casting.former ?? {}
    // One after the other: a version that finds a newer database at its start goes no further.
    await start(`former-${n}`, place, twilio.url, { script }).up()
  }
  const [apiClock] = postgres ? [] : (casting.clocks ?? [])
  const api = start('api', place, twilio.url, { port, clock: apiClock })
  // It makes the tables.
  await api.up()
  async function enlist(): Promise<Mortal> {
    const one = start('rescuer', place, twilio.url, {})
    await one.up()
    return one
  }
  if (!postgres) return { twilio, api, port, workers: [api], enlist, place, wires }
  const far: Place = { kind: 'postgres', schema: postgres.schema, url: await wire(postgres.url) }
  const twilioUrl = await wire(twilio.url)
  const { standsStill } = casting
  const workers = Array.from({ length: postgres.workers }, (_, i) =>
    start(`worker-${i + 1}`, far, twilioUrl, { clock: casting.clocks?.[i], standsStill }),
  )
  await Promise.all(workers.map((worker) => worker.up()))
  return { twilio, api, port, workers, enlist, place, wires }
}

function ownFile(stage: Stage): Place {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-crash-'))
  stage.after(() => rmSync(folder, { recursive: true }))
  return { kind: 'sqlite', file: join(folder, 'sms.db') }
}

function configOf(
  casting: Casting,
  twilio: Pick<CountingTwilio, 'url' | 'accountSid' | 'authToken'>,
  port: number,
): TwilioConfig {
  const { leaseSeconds, settleAfterSeconds, messagesPerPhone: limit } = casting
  const { connectTimeoutMs = 800, concurrency } = casting
  const idlePollMs = casting.postgres ? 200 : 50
  return {
    twilio: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      defaultFrom: '+15005550006',
      baseUrl: twilio.url,
      // A worker that was just started connects slowly where six processes share two cores, and others
      // would take that for a Twilio that is away. Together they end within the lease.
      connectTimeoutMs,
      responseTimeoutMs: 1_100,
    },
    publicUrl: `http://127.0.0.1:${port}`,
    // Four workers that look often would have nothing left of two cores to work with.
    delivery: {
      leaseSeconds,
      settleAfterSeconds,
      ...(concurrency === undefined ? {} : { concurrency }),
      pollAfterSeconds: [1],
      idlePollMs,
      // Chance kills here, not a message: none is to be given up for that.
      maxLapses: 20,
    },
    throttles: limit === undefined ? {} : { messagesPerPhone: [{ limit, windowSeconds: 3_600 }] },
  }
}
