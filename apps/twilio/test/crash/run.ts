import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Behaviour, createSimulator, type Simulator } from '@hsb/twilio-simulator'
import { type MortalApi, startMortalApi } from './api.ts'
import type { Mutant } from './api-process.ts'
import { type Client, createClient } from './client.ts'
import { createDice } from '../dice.ts'
import { createKiller, type KillCounts } from './killer.ts'

/** Clients post messages while the API is killed again and again. */
export interface CrashRun {
  messages: number
  kills: number
  seed: number
  /** What goes wrong at Twilio besides slow answers. */
  behaviours: Behaviour[]
  /** The status in which a message is left alone. Default: whatever Twilio has said yes to. */
  until?: 'ACCEPTED' | 'DELIVERED'
  mutant?: Mutant | undefined
}

/** What is left when everything has come to rest. */
export interface CrashReport extends KillCounts {
  /** Every id that a key was answered with. */
  idsByKey: Map<string, Set<string>>
  /** Answers that named an earlier call. */
  replays: number
  rows: { id: string; status: string; sid: string | null }[]
  /** How often each text arrived at Twilio. */
  arrivals: Map<string, number>
  /** Messages that were in doubt at some time. */
  doubted: number
  /** Messages that Twilio turned out not to have, and that were sent again. */
  sentAgain: number
  /** Messages that Twilio has although no answer of Twilio ever reached us. */
  unanswered: number
}

const clients = 8
const textOf = (n: number) => `message ${n}`
const numberOf = (n: number) => `+1415555${2_000 + (n % 500)}`

/** Runs it to the end. Everything it starts is closed with the test. */
export async function runCrashes(t: TestContext, run: CrashRun): Promise<CrashReport> {
  t.diagnostic(`seed ${run.seed}`)
  const dice = createDice(run.seed)
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-crash-'))
  const file = join(folder, 'sms.db')
  const twilio = createSimulator({
    delays: { queuedMs: 1, sendingMs: 1, sentMs: 5, deliveredMs: 10 },
  })
  const { url } = await twilio.listen()
  // Most answers come late, so that there is always a call to be cut off.
  twilio.behave(
    { kind: 'slow', before: 'accepting', ms: 30, times: 'always', probability: 0.25 },
    { kind: 'slow', after: 'accepting', ms: 50, times: 'always', probability: 0.8 },
    ...run.behaviours,
  )
  const { accountSid, authToken } = twilio
  const api = await startMortalApi({
    file,
    twilio: { url, accountSid, authToken },
    mutant: run.mutant,
  })
  const client = createClient(api.port)
  t.after(async () => {
    client.close()
    await api.close()
    await twilio.close()
    rmSync(folder, { recursive: true })
  })

  await api.up()
  const killer = createKiller({ ...run, dice, twilio, api, client })
  const posted = await postAll({ run, api, client, dice, onAccepted: () => killer.accepted() })
  await killer.finished()
  const database = new DatabaseSync(file, { readOnly: true })
  t.after(() => database.close())
  await comeToRest(database, run.until ?? 'ACCEPTED')
  const rows = database.prepare('select id, status, provider_msg_id as sid from sms_log').all()
  const count = (condition: string) =>
    Number(database.prepare(`select count(*) as n from sms_log where ${condition}`).get()?.['n'])
  const has = (event: string) => `id in (select message_id from sms_event where ${event})`
  return {
    ...killer.counts(),
    ...posted,
    rows: rows as unknown as CrashReport['rows'],
    arrivals: countArrivals(run, twilio),
    doubted: count(has(`status = 'IN_DOUBT'`)),
    sentAgain: count(has(`status = 'QUEUED' and source = 'worker'`)),
    unanswered: count(`provider_msg_id is not null and not
      ${has(`status = 'ACCEPTED' and source = 'worker'`)}`),
  }
}

/** Posts every message until it is accepted, and one in ten once more. */
async function postAll(cast: {
  run: CrashRun
  api: MortalApi
  client: Client
  dice: () => number
  onAccepted: () => void
}): Promise<Pick<CrashReport, 'idsByKey' | 'replays'>> {
  const { run, api, client, dice, onAccepted } = cast
  const idsByKey = new Map<string, Set<string>>()
  let replays = 0
  let next = 0

  async function post(n: number): Promise<void> {
    const key = `key-${n}`
    for (;;) {
      await api.up()
      const answer = await client.send(key, { to_phone: numberOf(n), message: textOf(n) })
      if (answer?.status !== 202) continue
      if (answer.replayed) replays++
      idsByKey.set(key, (idsByKey.get(key) ?? new Set()).add(answer.id))
      return
    }
  }

  async function work(): Promise<void> {
    for (let n = next++; n < run.messages; n = next++) {
      await post(n)
      onAccepted()
      if (dice() < 0.1) await post(n)
    }
  }

  await Promise.all(Array.from({ length: clients }, work))
  return { idsByKey, replays }
}

const finalRanks = { ACCEPTED: 2, DELIVERED: 4 }

/** Processes are at work on real clocks here, so that all one can do is to look again. */
async function comeToRest(database: DatabaseSync, until: 'ACCEPTED' | 'DELIVERED'): Promise<void> {
  const count = database.prepare('select count(*) as n from sms_log where status_rank < ?')
  const deadline = performance.now() + 20_000
  while (count.get(finalRanks[until])?.['n'] !== 0) {
    if (performance.now() > deadline) return
    await delay(25)
  }
}

function countArrivals(run: CrashRun, twilio: Simulator): Map<string, number> {
  const arrivals = new Map(Array.from({ length: run.messages }, (_, n) => [textOf(n), 0]))
  for (const { body } of twilio.messages()) arrivals.set(body, (arrivals.get(body) ?? 0) + 1)
  return arrivals
}
