import type { Server } from './server.ts'
import { timed } from './tables.ts'

/** What somebody who looks after messages asks, and the index that would serve it. */
const questions = {
  'newest 50': 'select * from sms_log order by id desc limit 50',
  'newest 50 of a phone': `select * from sms_log where to_phone = '+14150007919' order by id desc limit 50`,
  'newest 50 failed': `select * from sms_log where status = 'FAILED' order by id desc limit 50`,
  'newest 50 canceled (none)': `select * from sms_log where status = 'CANCELED' order by id desc limit 50`,
  'by status, last day': `select status, count(*) from sms_log where id >= months.sms_id_at(now() - interval '1 day') group by 1`,
}
const indexes = {
  'phone index': 'create index admin_phone on sms_log (to_phone, id)',
  'status index': 'create index admin_status on sms_log (status, id)',
}

/** Milliseconds and the kind of plan of each question, without and with indexes of its own. */
export async function askAsAdmin(server: Server, schema: string): Promise<Record<string, unknown>> {
  await server.query(`set search_path to ${schema}`)
  const without = await askAll(server)
  const made: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(indexes)) {
    const seconds = await timed(() => server.query(`set maintenance_work_mem = '512MB'; ${text}`))
    const index = text.split(' ')[2]
    const [size] = await server.query(
      `select sum(pg_relation_size(relid)) as bytes from pg_partition_tree('${index}')`,
    )
    const [plain] = await server.query(`select pg_relation_size('${index}') as bytes`)
    made[name] = {
      seconds,
      mb: Math.round((Number(size?.['bytes']) || Number(plain?.['bytes'])) / 1e6),
    }
  }
  const within = await askAll(server)
  await server.query('drop index admin_phone; drop index admin_status')
  return { without, made, within }
}

async function askAll(server: Server): Promise<Record<string, string>> {
  const answers: Record<string, string> = {}
  for (const [name, text] of Object.entries(questions)) {
    await server.query(text)
    const began = performance.now()
    await server.query(text)
    const ms = (performance.now() - began).toFixed(1)
    const plan = (await server.query(`explain ${text}`))
      .map((row) => String(row['QUERY PLAN']))
      .join('\n')
    answers[name] = `${ms} ms, ${plan.includes('Seq Scan') ? 'reads everything' : 'by index'}`
  }
  return answers
}
