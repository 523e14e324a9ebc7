import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestApp } from '../app.ts'
import { write } from '../inbound-post.ts'

const phone = '+14155552671'

describe('the inbox of the admin pages', () => {
  it('shows who has written, without numbers and texts, and the thread with one phone', async (t) => {
    const test = await createTestApp(t)
    const sent = await test.app.messages.send({ toPhone: phone, message: 'are you there?' })
    assert.equal(sent.kind, 'accepted')
    await test.advance(1_000)
    await write(test, { sid: `SM${'1'.repeat(32)}`, body: 'I am here', from: phone })
    const list = await test.request('GET', '/admin/api/conversations/')
    assert.doesNotMatch(list.text, /4155552671|I am here/)
    const [one] = list.body['conversations'] as { key: string; inbound: number }[]
    assert.equal(one?.inbound, 1)
    const thread = await test.request('GET', `/admin/api/conversations/${one?.key}/`)
    const { messages } = thread.body as { messages: { direction: string }[] }
    assert.deepEqual(
      messages.map(({ direction }) => direction),
      ['inbound', 'outbound'],
    )
    assert.doesNotMatch(thread.text, /4155552671|I am here|are you there/)
  })

  it('stops texts and lets them go on, by keys that tell nothing', async (t) => {
    const test = await createTestApp(t)
    const path = '/admin/api/opt-outs/'
    for (const digit of [1, 2, 3]) {
      const body = { phone: `+1415555267${digit}`, reason: 'asked' }
      assert.equal((await test.request('POST', path, body)).status, 204)
      await test.advance(1_000)
    }
    const wrong = await test.request('POST', path, { phone: '0415', reason: 'asked' })
    assert.deepEqual([wrong.status, wrong.body['code']], [422, 'invalid-phone'])
    const first = await test.request('GET', `${path}?limit=2`)
    const second = await test.request('GET', `${path}?limit=2&before=${String(first.body['next'])}`)
    const rows = [first, second].flatMap(({ body }) => body['opt_outs'] as { key: string }[])
    assert.equal(rows.length, 3)
    assert.equal(second.body['next'], null)
    for (const { text } of [first, second]) {
      assert.doesNotMatch(text, /\+1415555267/)
      assert.doesNotMatch(
        Buffer.from(text.replace(/.*"key":"/s, ''), 'base64url').toString(),
        /4155/,
      )
    }
    const { key = '' } = rows[0] ?? {}
    const remove = (it: string) => test.request('POST', `${path}remove/`, { key: it })
    assert.equal((await remove(`${key.slice(0, -2)}AA`)).status, 404)
    assert.equal((await remove(key)).status, 204)
    assert.equal((await remove(key)).status, 404)
    assert.equal(await test.app.optOuts.has('+14155552673'), false)
    assert.equal(await test.app.optOuts.has('+14155552672'), true)
    const forged = await test.request('GET', `${path}?before=${key.slice(1)}`)
    assert.equal(forged.status, 400)
    const actions = (await test.app.audit.list()).map(({ action }) => action)
    assert.deepEqual(actions.slice(0, 2), ['opt-out-removed', 'opt-out-added'])
  })
})

describe('the queue and the verifications of the admin pages', () => {
  it('retry what has failed, one by one', async (t) => {
    const test = await createTestApp(t)
    const failed = await test.app.messages.send({ toPhone: '+15005550009', message: 'hello' })
    const fresh = await test.app.messages.send({ toPhone: phone, message: 'hello' })
    assert.ok(failed.kind === 'accepted' && fresh.kind === 'accepted')
    await test.app.runDue()
    const queue = await test.request('GET', '/admin/api/queue/')
    assert.equal(queue.body['dead_24h'], 1, queue.text)
    const ids = [failed.message.id, fresh.message.id]
    const reply = await test.request('POST', '/admin/api/queue/retry/', { ids })
    const { resent, refused } = reply.body as { resent: { id: string }[]; refused: unknown[] }
    assert.deepEqual(
      resent.map(({ id }) => id),
      [failed.message.id],
    )
    assert.deepEqual(refused, [{ id: fresh.message.id, problem: 'not-over' }])
  })

  it('cancel a verification, tell of its limits, and forget a phone', async (t) => {
    const test = await createTestApp(t)
    const started = await test.app.verifications.start({ toPhone: phone })
    assert.equal(started.kind, 'started')
    const list = await test.request('GET', '/admin/api/verifications/?q=2671')
    const [row] = list.body['verifications'] as { id: string; status: string }[]
    assert.equal(row?.status, 'pending')
    const path = `/admin/api/verifications/${row.id}/`
    const panel = await test.request('GET', path)
    const { limits } = panel.body as { limits: { rule: string; refuses_until: string | null }[] }
    assert.notEqual(limits[0]?.refuses_until, null)
    assert.equal((await test.request('POST', `${path}cancel/`)).status, 200)
    assert.equal((await test.request('POST', `${path}cancel/`)).status, 404)
    const actions = (await test.app.audit.list()).map(({ action }) => action)
    assert.ok(actions.includes('verification-canceled'))
    const erased = await test.request('POST', '/admin/api/erase/', { phone })
    assert.equal(erased.status, 200, erased.text)
    assert.equal((await test.request('GET', path)).status, 404)
  })
})
