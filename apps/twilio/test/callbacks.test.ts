import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createTestApp, publicUrl, type TestApp } from './app.ts'
import { post, sidOf, sign, signedCallback, snapshot } from './signed-callback.ts'

/** A message that Twilio has; its own callbacks are lost, so that the test posts them. */
async function sentMessage(test: TestApp): Promise<{ id: string; sid: string }> {
  test.twilio.behave({ kind: 'lost-callbacks' })
  const result = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
  assert.ok(result.kind === 'accepted')
  await test.app.runDue()
  const found = await test.app.messages.get(result.message.id)
  return { id: result.message.id, sid: found?.message.providerMsgId ?? '' }
}

async function statusOf(test: TestApp, id: string): Promise<string | undefined> {
  return (await test.app.messages.get(id))?.message.status
}

describe('a status callback', () => {
  it('moves its message, stores the event and answers 204 without a body', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const answer = await post(
      test,
      signedCallback(test, { sid, messageId: id, status: 'undelivered', errorCode: '30003' }),
    )
    assert.deepEqual(answer, { status: 204, text: '' })
    const found = await test.app.messages.get(id)
    assert.equal(found?.message.status, 'UNDELIVERED')
    assert.equal(found?.message.errorCode, 30003)
    assert.equal(found?.events.at(-1)?.source, 'callback')
  })

  it('finds its message by SID where the URL carries no id', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    assert.equal((await post(test, signedCallback(test, { sid, status: 'delivered' }))).status, 204)
    assert.equal(await statusOf(test, id), 'DELIVERED')
  })

  it('is kept when it comes before its message knows its SID', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'lost-callbacks' })
    const result = await test.app.messages.send({ toPhone: '+14155552671', message: 'hello' })
    assert.ok(result.kind === 'accepted')
    // The simulator's next SID is not known before; a second app of the same seed tells it.
    const twin = await createTestApp(t)
    const { sid } = await sentMessage(twin)
    assert.equal((await post(test, signedCallback(test, { sid, status: 'delivered' }))).status, 204)
    await test.app.runDue()
    const found = await test.app.messages.get(result.message.id)
    assert.equal(found?.message.providerMsgId, sid)
    assert.equal(found?.message.status, 'DELIVERED')
  })

  it('may arrive before the send is answered', async (t) => {
    const test = await createTestApp(t)
    test.twilio.behave({ kind: 'early-callbacks', times: 'always' })
    const ids: string[] = []
    for (let i = 0; i < 50; i++) {
      const result = await test.app.messages.send({
        toPhone: '+14155552671',
        message: `number ${i}`,
      })
      if (result.kind === 'accepted') ids.push(result.message.id)
    }
    await test.app.runDue()
    for (const id of ids) {
      const found = await test.app.messages.get(id)
      assert.equal(found?.message.status, 'DELIVERED')
      assert.match(found?.message.providerMsgId ?? '', /^SM/)
    }
    assert.equal(test.twilio.messages().length, 50)
  })

  it('does nothing the second time, nor a month later', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const callback = signedCallback(test, { sid, messageId: id, status: 'delivered' })
    await post(test, callback)
    const before = await snapshot(test, [id])
    for (const wait of [0, 60_000, 86_400_000, 30 * 86_400_000]) {
      await test.advance(wait)
      assert.equal((await post(test, callback)).status, 204)
    }
    assert.equal(await snapshot(test, [id]), before)
  })

  it('leaves one event a status however often and at once it is posted', async (t) => {
    const test = await createTestApp(t)
    const messages: { id: string; sid: string }[] = []
    for (let i = 0; i < 20; i++) messages.push(await sentMessage(test))
    const callbacks = messages.flatMap(({ id, sid }) =>
      ['sent', 'delivered'].map((status) => signedCallback(test, { sid, messageId: id, status })),
    )
    await Promise.all(
      Array.from({ length: 5 }, () => callbacks)
        .flat()
        .map((callback) => post(test, callback)),
    )
    for (const { id } of messages) {
      const events =
        (await test.app.messages.get(id))?.events.filter((event) => event.source === 'callback') ??
        []
      assert.deepEqual(events.map((event) => event.status).toSorted(), ['DELIVERED', 'SENT'])
    }
  })

  it('may hold parameters that nobody knows yet', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    const name = fc.stringMatching(/^[A-Z][A-Za-z]{3,12}$/).map((text) => `Zz${text}`)
    const extras = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 30 })), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(extras, async (extra) => {
        const callback = signedCallback(test, {
          sid,
          messageId: id,
          status: 'sent',
          extra: extra as [string, string][],
        })
        assert.equal((await post(test, callback)).status, 204)
      }),
      { numRuns: 200 },
    )
    assert.equal(await statusOf(test, id), 'SENT')
  })
})

describe('the order of callbacks', () => {
  it('does not matter: 720 orders of six statuses end alike', async (t) => {
    const test = await createTestApp(t)
    const statuses = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'read']
    const endings = new Set<string | undefined>()
    let turn = 0
    for (const order of permutations(statuses)) {
      const messageId = (await test.app.messages.send({
        toPhone: '+14155552671',
        message: 'hello',
      })) as {
        message: { id: string }
      }
      const id = messageId.message.id
      const sid = sidOf(++turn)
      // Each one to three times, all at once for one message: repetitions mixed among the others.
      const repeated = order.flatMap((status, i) =>
        Array.from({ length: 1 + ((turn + i) % 3) }, () => status),
      )
      await Promise.all(
        repeated.map((status) => post(test, signedCallback(test, { sid, messageId: id, status }))),
      )
      const found = await test.app.messages.get(id)
      endings.add(found?.message.status)
      const history = found?.events.filter((event) => event.source === 'callback') ?? []
      assert.equal(history.length, statuses.length, 'each status is in the history once')
    }
    assert.equal(turn, 720)
    assert.deepEqual(endings, new Set(['READ']))
  })

  it('asks Twilio when two final words contradict each other, and believes the answer', async (t) => {
    const test = await createTestApp(t)
    const { id, sid } = await sentMessage(test)
    await test.advance(10_000)
    await post(
      test,
      signedCallback(test, { sid, messageId: id, status: 'undelivered', errorCode: '30008' }),
    )
    await post(test, signedCallback(test, { sid, messageId: id, status: 'delivered' }))
    assert.equal(
      await statusOf(test, id),
      'UNDELIVERED',
      'the first final word stands until Twilio was asked',
    )
    await test.app.runDue()
    assert.equal(await statusOf(test, id), 'DELIVERED', 'the simulated carrier did deliver it')
  })
})

describe('a forged callback', () => {
  it('gets a constant 403, and the database is not asked', async (t) => {
    const test = await createTestApp(t)
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
    for (const [signature] of forged) {
      const answer = await post(test, { ...good, signature })
      assert.equal(answer.status, 403, signature.slice(0, 40))
      answers.add(answer.text)
    }
    assert.equal(answers.size, 1)
    assert.equal(await snapshot(test, [id]), before)
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

function* permutations<T>(items: T[]): Iterable<T[]> {
  if (items.length <= 1) return yield items
  for (const [i, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(i, 1))) yield [item, ...rest]
  }
}
