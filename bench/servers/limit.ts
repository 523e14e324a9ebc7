// The physical limit that the app is measured against: bare node:http, JSON.parse, and a grouped
// INSERT with fsync into the app's own tables. No checks, no keys, no limits, no log of events.
import { randomUUID } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { openSqlite } from '../../apps/twilio/src/storage/engines/sqlite.ts'
import { report } from './report.ts'

const file = process.argv[2] ?? ''
const store = openSqlite(file)
await store.migrate()
await store.close()

const db = new DatabaseSync(file)
db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on')
const insert = db.prepare(`
  insert into sms_log (id, channel, direction, to_phone, from_phone, message, status, status_rank,
    priority, expires_at, attempts, next_at, polls, last_event_time, created_at, updated_at)
  select value ->> 0, 'sms', 'outbound', value ->> 1, value ->> 2, value ->> 3, 'QUEUED', 0,
    1, value ->> 5, 0, value ->> 4, 0, value ->> 4, value ->> 4, value ->> 4
  from json_each(?)`)
const update = db.prepare(`
  update sms_log set status = 'DELIVERED', status_rank = 4, updated_at = ?2
  where id in (select value from json_each(?1)) and status_rank < 4`)

interface Waiting {
  response: ServerResponse
  row: (string | number)[]
}
let sends: Waiting[] = []
let callbacks: Waiting[] = []

function commit(group: Waiting[], write: (rows: Waiting['row'][]) => void, status: number): void {
  db.exec('begin immediate')
  write(group.map((one) => one.row))
  db.exec('commit')
  for (const { response, row } of group) {
    if (status === 204) {
      response.writeHead(204).end()
      continue
    }
    const body = JSON.stringify({ id: row[0], to_phone: row[1], status: 'QUEUED' })
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': body.length,
    })
    response.end(body)
  }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString()
    const now = Date.now()
    if (request.url?.startsWith('/webhooks/') === true) {
      const id = /message_id=([^&]+)/.exec(request.url)?.[1] ?? ''
      const status = new URLSearchParams(text).get('MessageStatus') ?? ''
      if (callbacks.length === 0) {
        setImmediate(() => {
          const group = callbacks
          callbacks = []
          commit(group, (rows) => update.run(JSON.stringify(rows.map((row) => row[0])), now), 204)
        })
      }
      callbacks.push({ response, row: [id, status] })
      return
    }
    const { to_phone, message } = JSON.parse(text) as { to_phone: string; message: string }
    if (sends.length === 0) {
      setImmediate(() => {
        const group = sends
        sends = []
        commit(group, (rows) => insert.run(JSON.stringify(rows)), 202)
      })
    }
    sends.push({
      response,
      row: [randomUUID(), to_phone, '+15005550006', message, now, now + 14_400_000],
    })
  })
})
server.listen(0, '127.0.0.1', () => report(server.address(), {}))
