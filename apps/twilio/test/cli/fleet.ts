import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { TwilioConfig } from '../../src/config.ts'
import { createDesk } from './desk.ts'
import { type Program, runProgram, startProgram, writeConfig } from './program.ts'

/** A server of the fleet that is ready. */
export interface Ship {
  program: Program
  url: string
  /** SIGTERM; it has to end well, and soon. */
  sink(): Promise<void>
}

/** Asks the database of the fleet; the tables go by their bare names. */
export type Query = (text: string) => Promise<Record<string, unknown>[]>

/** Real servers in processes of their own, all with one config file. */
export async function createFleet(t: TestContext, config: Partial<TwilioConfig>) {
  const desk = await createDesk(t)
  // A Twilio that takes its time, so that there is always a call in flight. Nobody is called back: the
  // address of the desk leads nowhere.
  desk.twilio.behave(
    { kind: 'slow', before: 'accepting', ms: 100, times: 'always', probability: 0.5 },
    { kind: 'slow', after: 'accepting', ms: 1_500, times: 'always', probability: 0.1 },
    { kind: 'lost-callbacks', times: 'always' },
  )
  // Nor does anybody ask Twilio how a message fares: a run that takes long would find some delivered.
  const delivery = { pollAfterSeconds: [3_600] }
  const file = await writeConfig(desk.folder, { ...desk.config, delivery, ...config })
  const args = ['--config', file]
  const keys = ['keys', 'create', '--name', 'fleet', '--scopes', 'send', ...args]
  const { stdout, stderr } = await runProgram(t, keys)
  assert.match(stdout, /^hsb_/, stderr)
  const key = stdout.trim()

  async function start(role: 'api' | 'worker' | 'all'): Promise<Ship> {
    const program = startProgram(t, ['serve', '--role', role, '--port', '0', ...args])
    const { url } = JSON.parse(await program.line(/"event":"ready"/)) as { url: string }
    return {
      program,
      url,
      async sink() {
        const from = performance.now()
        program.kill('SIGTERM')
        assert.deepEqual(await program.exited, { code: 0, signal: null })
        assert.ok(performance.now() - from < 10_000, 'it took more than 10 s to stop')
      },
    }
  }

  /** Answers the status; the answer is read to its end, or its connection would stay open. */
  async function send(url: string, message: string): Promise<number> {
    const answer = await fetch(`${url}/api/sms/send/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to_phone: '+14155552671', message }),
    })
    await answer.text()
    return answer.status
  }

  /** Has texts sent until it is told to stop; answers how many were accepted. */
  function keepSending(apis: () => Ship[]): () => Promise<number> {
    const stop = new AbortController()
    const isOver = () => stop.signal.aborted
    let accepted = 0
    async function sendOn(): Promise<void> {
      for (let n = accepted++; !isOver() || n === 0; n = accepted++) {
        const ships = apis()
        const status = await send(ships[n % ships.length]?.url ?? '', `text ${n}`)
        assert.equal(status, 202)
        // Enough to keep the workers busy, and no more than they get done.
        while (!isOver() && accepted - desk.twilio.messages().length > 60) await delay(10)
      }
      accepted--
    }
    const senders = Promise.all(Array.from({ length: 4 }, sendOn))
    senders.catch(() => undefined)
    return async () => {
      stop.abort()
      await senders
      return accepted
    }
  }

  return { ...desk, file, args, start, send, keepSending }
}

/** Waits until Twilio has taken every message, and answers what had to be done for that. */
export async function cameToRest(query: Query) {
  const count = async (text: string) => Number((await query(text))[0]?.['n'])
  const deadline = performance.now() + 30_000
  // Processes are at work on real clocks here, so that all one can do is to look again.
  while ((await count(`select count(*) as n from sms_log where status_rank < 2`)) > 0) {
    assert.ok(performance.now() < deadline, 'some messages were never sent')
    await delay(25)
  }
  return {
    messages: await count('select count(*) as n from sms_log'),
    claims: await count(`select count(*) as n from sms_event where status = 'SENDING'`),
    doubts: await count(`select count(*) as n from sms_event where status = 'IN_DOUBT'`),
    // Whatever stands elsewhere, and who said so.
    others: await query(
      `select m.status, m.error_code, e.source, e.detail, count(*) as n from sms_log m
        left join sms_event e on e.message_id = m.id and e.status = m.status
        where m.status <> 'ACCEPTED' group by m.status, m.error_code, e.source, e.detail`,
    ),
    claimedTwice: await count(
      `select count(*) as n from (select message_id from sms_event where status = 'SENDING'
        group by message_id having count(*) > 1) as several`,
    ),
  }
}
