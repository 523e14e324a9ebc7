import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createSimulator } from '../src/index.ts'
import { openDesk, openSdk, phone, send, sender, webhook } from './desk.ts'

describe('manual clock', () => {
  it('stands still until it is moved', async (t) => {
    const { simulator } = openDesk(t)
    const before = simulator.clock.now()
    await send(simulator)
    await new Promise(setImmediate)
    assert.deepEqual(simulator.clock.now(), before)
    assert.equal(simulator.messages()[0]?.status, 'queued')
  })

  it('runs what falls due in order of time, each at its own time', async (t) => {
    const times: string[] = []
    const { simulator } = openDesk(t, {
      post: async (request) => {
        const form = new URLSearchParams(await request.text())
        times.push(`${simulator.clock.now().getUTCMilliseconds()} ${form.get('MessageStatus')}`)
        return new Response()
      },
    })
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(50)
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(900)
    assert.deepEqual(times, ['200 sent', '250 sent', '700 delivered', '750 delivered'])
  })

  it('has had every post answered when it returns', async (t) => {
    let answered = 0
    const { simulator } = openDesk(t, {
      post: async () => {
        for (let i = 0; i < 5; i++) await new Promise(setImmediate)
        answered++
        return new Response()
      },
    })
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(1000)
    assert.equal(answered, 2)
  })

  it('gives the same SIDs and codes in every run', async (t) => {
    const [first, second] = [openDesk(t).simulator, openDesk(t).simulator]
    assert.equal((await send(first)).body['sid'], (await send(second)).body['sid'])
  })
})

describe('real clock', () => {
  it('can be pushed ahead, and runs what falls due', async (t) => {
    const { simulator, statuses } = openDesk(t, { clock: 'real', delays: { queuedMs: 0 } })
    await send(simulator, { StatusCallback: webhook })
    await simulator.clock.advance(60_000)
    assert.deepEqual(statuses(), ['sent', 'delivered'])
    assert.ok(simulator.clock.now().getTime() - Date.now() > 59_000)
  })

  it('follows the time of the machine', async (t) => {
    const delays = { sendingMs: 1, sentMs: 1, deliveredMs: 1 }
    const { simulator, statuses } = openDesk(t, { clock: 'real', delays })
    await send(simulator, { StatusCallback: webhook })
    await simulator.waitFor(
      (entry) => entry.kind === 'callback' && entry.messageStatus === 'delivered',
    )
    await simulator.settled()
    assert.deepEqual(statuses(), ['sent', 'delivered'])
  })

  it('makes other SIDs in every run', async (t) => {
    const [first, second] = [openDesk(t, { clock: 'real' }), openDesk(t, { clock: 'real' })]
    const sids = [
      (await send(first.simulator)).body['sid'],
      (await send(second.simulator)).body['sid'],
    ]
    assert.notEqual(sids[0], sids[1])
  })
})

describe('close', () => {
  it('ends timers, servers and calls that are being held up', async () => {
    const simulator = createSimulator()
    const client = await openSdk(simulator)
    await client.messages.create({ to: phone, from: sender, body: 'a' })
    simulator.behave({ kind: 'slow', ms: 3_600_000, before: 'accepting' })
    const held = client.messages.create({ to: phone, from: sender, body: 'a' })
    const ended = assert.rejects(held)
    await simulator.waitFor(({ kind, status }) => kind === 'api' && status === undefined)
    await simulator.close()
    await ended
  })

  it('sets no timer for the retry of a post that was in flight', async () => {
    const answer = Promise.withResolvers<Response>()
    const simulator = createSimulator({
      post: async () => answer.promise,
      delays: { sendingMs: 0, sentMs: 0, deliveredMs: 0 },
    })
    simulator.behave({ kind: 'stay-sent' })
    await send(simulator, { StatusCallback: `${webhook}#rc=5&rp=all` })
    await simulator.waitFor(({ kind }) => kind === 'callback')
    await simulator.close()
    answer.reject(new Error('closed'))
    await simulator.settled()
    // What is left open now would fail the whole run: see scripts/leak-guard.ts.
  })
})
