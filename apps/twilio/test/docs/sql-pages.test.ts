import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, type TestApp } from '../app.ts'
import { operate } from '../partitions/partitioned.ts'
import { startPostgres } from '../postgres/server.ts'
import { blockOf, blocksOf, readDocument } from './markdown.ts'

const postgres = await startPostgres()

async function open(t: TestContext): Promise<TestApp & { place: { url: string; schema: string } }> {
  const place = postgres.newPlace()
  return { ...(await createTestApp(t, { config: { database: place } })), place }
}

describe('the SQL of the pages', () => {
  it('is known to a test', () => {
    const titles = ['production', 'webhooks', 'from-django'].flatMap((name) =>
      blocksOf(readDocument(`docs/${name}.md`)).flatMap(({ language, title }) =>
        language === 'sql' ? [title] : [],
      ),
    )
    assert.deepEqual(titles, ['watch', 'sources', 'import', 'ms', 'opt-outs'])
  })

  it('tells what waits', async (t) => {
    const { app, place } = await open(t)
    const watch = blockOf(readDocument('docs/production.md'), 'watch')
    assert.deepEqual(await operate(place, watch), [])
    await app.messages.send({ toPhone: '+14155552671', message: 'Hello' })
    const [row, ...others] = await operate(place, watch)
    assert.partialDeepStrictEqual(row, { status: 'QUEUED', count: '1' })
    assert.deepEqual(others, [])
  })

  it('tells how deliveries became known', async (t) => {
    const { app, place, ...world } = await open(t)
    await app.messages.send({ toPhone: '+14155552671', message: 'Hello' })
    await app.runDue()
    await world.advance(5_000)
    // The clock of the tests stands in the past of that of the database.
    const text = blockOf(readDocument('docs/webhooks.md'), 'sources')
    const rows = await operate(place, text.replace("'1 day'", "'100 years'"))
    assert.deepEqual(rows, [{ source: 'callback', count: '1' }])
  })

  it('brings the finished messages of a Django app over, once', async (t) => {
    const { app, twilio, place, ...world } = await open(t)
    const page = readDocument('docs/from-django.md')
    await operate(
      place,
      `create table django_sms_log (id bigint, to_phone text, from_phone text, message text,
        status text, provider_msg_id text, last_event_time timestamptz,
        created_at timestamptz, updated_at timestamptz)`,
      `insert into django_sms_log
        select n, '+1415555267' || n % 10, '+15005550006', 'text ' || n,
          (array['delivered', 'SENT', 'failed', 'queued'])[1 + n % 4],
          case when n = 7 then '' else 'SM' || lpad(n::text, 32, '0') end, null,
          to_timestamp(1790000000 + n), to_timestamp(1790000100 + n)
        from generate_series(1, 40) as n`,
      `create table django_opt_out (phone text)`,
      `insert into django_opt_out values ('+14155552600')`,
    )
    await operate(place, blockOf(page, 'ms'))
    for (let i = 0; i < 2; i++) await operate(place, blockOf(page, 'import'))
    await operate(place, blockOf(page, 'opt-outs'), 'drop function ms')

    const rows = await operate(place, 'select id, status, message from sms_log order by id')
    // One of four was still queued; n = 7 was queued too and never had a SID.
    assert.equal(rows.length, 30)
    assert.equal(rows[0]?.['message'], 'text 1')
    for (const { id, status, message } of rows.slice(0, 4)) {
      const answer = await world.request('GET', `/api/sms/${String(id)}/status/`)
      assert.equal(answer.status, 200)
      assert.deepEqual([answer.body['status'], answer.body['message']], [status, message])
      assert.equal(
        answer.body['created_at'],
        new Date(1_790_000_000_000 + Number(String(message).slice(5)) * 1_000).toISOString(),
      )
    }
    await app.runDue()
    await world.advance(86_400_000)
    await app.runDue()
    assert.deepEqual([twilio.messages().length, twilio.requests().length], [0, 0])
    const refused = await app.messages.send({ toPhone: '+14155552600', message: 'Hello' })
    assert.equal(refused.kind, 'opted-out')
  })
})
