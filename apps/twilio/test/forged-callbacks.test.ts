import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { openSqlite } from '../src/storage/engines/sqlite.ts'
import type { Store } from '../src/storage/store.ts'
import { createTestApp, publicUrl } from './app.ts'
import { post, sentMessage, sign, signedCallback, snapshot, statusOf } from './signed-callback.ts'

describe('a forged callback', () => {
  it('gets a constant 403, and the database is not asked', async (t) => {
    const store = openSqlite(':memory:')
    let asked = 0
    const counting: Store = {
      ...store,
      transaction(work) {
        asked++
        return store.transaction(work)
      },
    }
    const test = await createTestApp(t, { store: counting })
    const { id, sid } = await sentMessage(test)
    const good = signedCallback(test, { sid, messageId: id, status: 'delivered' })
    const before = await snapshot(test, [id])
    const forged: [string, Record<string, string>][] = [
      ['', {}],
      ['no base64 at all', {}],
      [good.signature.slice(0, -1), {}],
      [good.signature.replaceAll('+', '-').replaceAll('/', '_').replace('=', ''), {}],
      [`${good.signature}, ${good.signature}`, {}],
      [good.signature.toLowerCase(), {}],
      ['A'.repeat(7_000), {}],
      [sign('another token', `${publicUrl}${good.path}`, good.params), {}],
    ]
    const answers = new Set<string>()
    asked = 0
    for (const [signature] of forged) {
      const answer = await post(test, { ...good, signature })
      assert.equal(answer.status, 403, signature.slice(0, 40))
      answers.add(answer.text)
    }
    assert.equal(answers.size, 1)
    assert.equal(asked, 0)
    assert.equal(await snapshot(test, [id]), before)
    await post(test, good)
    assert.equal(asked, 1, 'a genuine one does ask')
  })

  it('does not pass with any bit of it changed', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const good = signedCallback(test, { sid, messageId: id, status: 'delivered' })
    const before = await snapshot(test, [id])
    const bytes = Buffer.from(good.signature, 'base64')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length * 8 - 1),
        fc.nat(good.params.length - 1),
        fc.nat(100),
        async (bit, which, at) => {
          const flipped = Buffer.from(bytes)
          const byte = bit >> 3
          flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit & 7))
          assert.equal(
            (await post(test, { ...good, signature: flipped.toString('base64') })).status,
            403,
          )
          const params = good.params.map(([name, value], i): [string, string] => {
            const place = at % Math.max(1, value.length)
            const other = String.fromCharCode(value.charCodeAt(place) ^ 1)
            return i === which
              ? [name, value.slice(0, place) + other + value.slice(place + 1)]
              : [name, value]
          })
          assert.equal((await post(test, { ...good, params })).status, 403)
        },
      ),
      { numRuns: 1_000 },
    )
    assert.equal(await snapshot(test, [id]), before)
  })
})

describe('a callback signed by Twilio but altered on its way', () => {
  // Twilio signs names and values without separators: each of these has the signature of the original.
  it('changes nothing', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const facts = { sid, messageId: id, status: 'undelivered', errorCode: '30003' }
    const good = signedCallback(test, facts)
    const before = await snapshot(test, [id])
    const without = (...names: string[]) => good.params.filter(([name]) => !names.includes(name))
    const { accountSid } = test.twilio
    const battery: [string, [string, string][], string?][] = [
      [
        'ErrorCode in ApiVersion',
        [...without('ErrorCode', 'ApiVersion'), ['ApiVersion', '2010-04-01ErrorCode30003']],
      ],
      [
        'MessageStatus in MessageSid',
        [
          ...without('MessageStatus', 'MessageSid'),
          ['MessageSid', `${sid}MessageStatusundelivered`],
        ],
      ],
      [
        'two fields in AccountSid',
        [
          ...without('AccountSid', 'ApiVersion', 'ErrorCode'),
          ['AccountSid', `${accountSid}ApiVersion2010-04-01ErrorCode30003`],
        ],
      ],
      ['a border inside a name', [...without('MessageSid'), ['MessageSidS', sid.slice(1)]]],
      [
        'a value three times',
        [...good.params, ['MessageStatus', 'undelivered'], ['MessageStatus', 'undelivered']],
      ],
      ['another spelling of the query', good.params, good.path.replace('attempt=1', 'attempt=%31')],
      ['a parameter in the query', without('AccountSid'), `${good.path}&AccountSid=${accountSid}`],
    ]
    for (const [name, params, path = good.path] of battery) {
      const answer = await post(test, { path, params, signature: good.signature })
      assert.ok([400, 403].includes(answer.status), `${name}: ${answer.status}`)
      assert.equal(await snapshot(test, [id]), before, name)
    }
  })

  it('cannot be turned on another message: its id must be that of its SID', async (t) => {
    const test = await createTestApp(t)
    const one = await sentMessage(test)
    const other = await sentMessage(test)
    const crossed = signedCallback(test, {
      sid: one.sid,
      messageId: other.id,
      status: 'undelivered',
    })
    await post(test, crossed)
    assert.equal(await statusOf(test, one.id), 'ACCEPTED')
    assert.equal(await statusOf(test, other.id), 'ACCEPTED')
  })

  it('cannot give a message the SID of another one', async (t) => {
    const test = await createTestApp(t)
    const { sid } = await sentMessage(test)
    const waiting = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(waiting.kind === 'accepted')
    const crossed = signedCallback(test, {
      sid,
      messageId: waiting.message.id,
      status: 'delivered',
    })
    assert.equal((await post(test, crossed)).status, 204)
    assert.equal(await statusOf(test, waiting.message.id), 'QUEUED')
  })

  it('of another account is refused', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const good = signedCallback(test, { sid, messageId: id, status: 'delivered' })
    const params = good.params.map(([name, value]): [string, string] => [
      name,
      name === 'AccountSid' ? `AC${'9'.repeat(32)}` : value,
    ])
    const answer = await post(test, {
      ...good,
      params,
      signature: sign(test.twilio.authToken, publicUrl + good.path, params),
    })
    assert.equal(answer.status, 400)
    assert.equal(await statusOf(test, id), 'ACCEPTED')
  })
})
