import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Engine } from './engine.ts'
import { type Program, startProgram } from './process.ts'
import { quantile } from './table.ts'
import { textOf } from './text.ts'

const perSecond = 100
const goalMs = 50

/** A message on its way, on the clock that all processes of the machine share. */
interface Sent {
  id: string
  askedAt: number
  answeredAt: number
}

/** From a message's request and from its answer to the call at the carrier, at a steady pace. */
export async function measureLatency(engine: Engine, seconds: number): Promise<void> {
  const alone = engine.newPlace('latency')
  const one = await startProgram('servers/app', alone, ['background'])
  await measure(`${engine.name}, one process`, { accepting: one, delivering: one, seconds })
  await one.stop()
  await engine.drop(alone)
  if (engine.name === 'SQLite') return

  const shared = engine.newPlace('latency_two')
  const accepting = await startProgram('servers/app', shared)
  const delivering = await startProgram('servers/app', shared, ['background'])
  await measure(`${engine.name}, accepted by one process and delivered by another one`, {
    accepting,
    delivering,
    seconds,
  })
  for (const program of [accepting, delivering]) await program.stop()
  await engine.drop(shared)
}

async function measure(
  title: string,
  parts: { accepting: Program; delivering: Program; seconds: number },
): Promise<void> {
  const { accepting, delivering, seconds } = parts
  await sendSteadily(accepting, 300)
  const sent = await sendSteadily(accepting, seconds * perSecond)
  // The last ones are still on their way.
  await wait(2_000)
  const called = await delivering.ask('calls')
  const since = (of: (one: Sent) => number) =>
    sent.map((one) => (Number(called[one.id] ?? Infinity) - of(one)) / 1_000_000)
  console.log(`\nlatency on ${title}: ${sent.length} messages, ${perSecond} a second`)
  console.log('                          p50 ms    p99 ms    max ms')
  for (const [name, list] of [
    ['request to call', since((one) => one.askedAt)],
    // Both begin when the commit is done: the call may come first.
    ['answer to call', since((one) => one.answeredAt).map((ms) => Math.max(0, ms))],
  ] as const) {
    const cells = [0.5, 0.99, 1].map((share) => quantile(list, share).toFixed(2).padStart(8))
    console.log(`${name.padEnd(24)}${cells.join('  ')}`)
  }
  console.log(`${' '.repeat(24)}(goal: p99 <= ${goalMs} ms)`)
}

/** Sends at fixed moments, whether the answers are in or not. */
async function sendSteadily(program: Program, count: number): Promise<Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const started = performance.now()
  const sends: Promise<Sent>[] = []
  for (let index = 0; index < count; index++) {
    const dueIn = started + (index * 1_000) / perSecond - performance.now()
    if (dueIn > 0) await wait(dueIn)
    sends.push(send(program, agent, index))
  }
  const sent = await Promise.all(sends)
  agent.destroy()
  return sent
}

function send(program: Program, agent: Agent, index: number): Promise<Sent> {
  const { toPhone, message } = textOf(index)
  const body = JSON.stringify({ to_phone: toPhone, message })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Bearer ${program.facts['key'] ?? ''}`,
  }
  const { promise, resolve, reject } = Promise.withResolvers<Sent>()
  const askedAt = Number(process.hrtime.bigint())
  const options = { port: Number(program.facts['port']), path: '/api/sms/send/', method: 'POST' }
  const call = request({ ...options, host: '127.0.0.1', agent, headers }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    response.on('end', () => {
      const answeredAt = Number(process.hrtime.bigint())
      if (response.statusCode !== 202) return reject(new Error(`not accepted: ${text}`))
      const { id } = JSON.parse(text) as { id: string }
      return resolve({ id, askedAt, answeredAt })
    })
  })
  call.on('error', reject)
  call.end(body)
  return promise
}
