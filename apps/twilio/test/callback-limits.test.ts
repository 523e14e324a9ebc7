import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, listen, publicUrl, type TestApp } from './app.ts'
import { type SignedCallback, sign, signedCallback, snapshot } from './signed-callback.ts'

const formType = 'application/x-www-form-urlencoded'
const mostBytes = 65_536

/** Sends exactly this and gives back the status of the answer; `NaN` when there is none. */
async function converse(port: number, text: string): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  // A server that waits for what never comes has failed the test; it must not hold it up.
  socket.setTimeout(5_000, () => socket.destroy())
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  // It is cut off in the middle of what it has to say.
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
}

function rawPost(
  callback: SignedCallback,
  how: 'with a length' | 'chunked',
  body = new URLSearchParams(callback.params).toString(),
): string {
  const head = [
    `POST ${callback.path} HTTP/1.1`,
    'host: sms.example.test',
    'connection: close',
    `content-type: ${formType}`,
    `x-twilio-signature: ${callback.signature}`,
  ].join('\r\n')
  if (how === 'with a length') return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const chunks = body.match(/[^]{1,8192}/g) ?? []
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
  // Without the last chunk: whoever waits for the end of it waits for ever.
  return `${head}\r\ntransfer-encoding: chunked\r\n\r\n${coded}`
}

/** A genuine callback with more parameters, signed by Twilio's own package. */
function withExtra(test: TestApp, base: SignedCallback, extra: [string, string][]): SignedCallback {
  const params = [...base.params, ...extra]
  return {
    ...base,
    params,
    signature: sign(test.twilio.authToken, publicUrl + base.path, params),
  }
}

async function setUp(t: TestContext) {
  const test = await createTestApp(t)
  test.twilio.behave({ kind: 'lost-callbacks' })
  const sent = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
  assert.ok(sent.kind === 'accepted')
  const { id } = sent.message
  await test.app.runDue()
  const sid = (await test.app.messages.get(id))?.message.providerMsgId ?? ''
  const good = signedCallback(test, { sid, messageId: id, status: 'delivered' })
  const filler = (bytes: number): SignedCallback => {
    const used = new URLSearchParams(good.params).toString().length + '&Zz='.length
    return withExtra(test, good, [['Zz', 'z'.repeat(bytes - used)]])
  }
  const many = (count: number): SignedCallback =>
    withExtra(
      test,
      good,
      Array.from({ length: count - good.params.length }, (_, i) => [`Zz${i}`, 'z']),
    )
  return { test, id, good, filler, many, port: await listen(t, test) }
}

describe('a callback that is too big', () => {
  it('is refused, although Twilio has signed it', async (t) => {
    const { test, id, filler, many, port } = await setUp(t)
    const before = await snapshot(test, [id])
    assert.equal(await converse(port, rawPost(filler(mostBytes + 1), 'with a length')), 413)
    assert.equal(await converse(port, rawPost(filler(mostBytes + 1), 'chunked')), 413)
    assert.equal(await converse(port, rawPost(many(201), 'with a length')), 400)
    assert.equal(await snapshot(test, [id]), before)
  })

  it('is one byte or one parameter over the limit', async (t) => {
    const atLimit = await setUp(t)
    assert.equal(
      await converse(atLimit.port, rawPost(atLimit.filler(mostBytes), 'with a length')),
      204,
    )
    const full = await setUp(t)
    assert.equal(await converse(full.port, rawPost(full.many(200), 'with a length')), 204)
    for (const { test, id } of [atLimit, full]) {
      assert.equal((await test.app.messages.get(id))?.message.status, 'DELIVERED')
    }
  })

  it('is cut at 64 KiB where no length is given, however much would follow', async (t) => {
    const { test, id, good, port } = await setUp(t)
    const before = await snapshot(test, [id])
    const body = `Zz=${'z'.repeat(mostBytes)}`
    assert.equal(await converse(port, rawPost(good, 'chunked', body)), 413)
    assert.equal(await snapshot(test, [id]), before)
  })

  it('does not keep the good ones waiting, even 500 at a time', async (t) => {
    const { test, id, good, filler, many, port } = await setUp(t)
    const kinds = [
      rawPost(filler(mostBytes + 1), 'with a length'),
      rawPost(filler(mostBytes + 1), 'chunked'),
      rawPost(many(201), 'with a length'),
      rawPost({ ...many(4_000), signature: good.signature }, 'with a length'),
      // As big as is let in, and forged: hashed to the end before it can be refused.
      rawPost({ ...filler(mostBytes), signature: good.signature }, 'with a length'),
    ]
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const statuses: number[] = []
    for (let round = 0; round < 10; round++) {
      const flood = Array.from({ length: 50 }, (_, i) => converse(port, kinds[i % 5] ?? ''))
      const honest = await converse(port, rawPost(good, 'with a length'))
      assert.equal(honest, 204)
      statuses.push(...(await Promise.all(flood)))
    }
    delay.disable()
    const p99 = (delay.percentile(99) / 1e6).toFixed(1)
    // A figure to look at, not a promise: this machine does other things too.
    t.diagnostic(`event loop delay p99 ${p99} ms, server and clients in one process`)
    assert.equal(statuses.length, 500)
    assert.deepEqual(
      [413, 400, 403].map((status) => statuses.filter((one) => one === status).length),
      [200, 200, 100],
    )
    assert.equal((await test.app.messages.get(id))?.message.status, 'DELIVERED')
  })
})
