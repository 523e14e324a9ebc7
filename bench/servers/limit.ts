// The physical limit that the app is measured against: bare node:http, JSON.parse, and grouped INSERTs
// with fsync of the very rows that the app writes, into the very same tables, answered by the same
// JSON; for callbacks one HMAC, the row of the event and an UPDATE of the message. There are no
// routes, no checks of any field, number or key, no limits, no look-ups, no layers.
import { createHmac } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { benchPublicUrl, benchToken } from '../callback.ts'
import { answerCommands, listen } from '../commands.ts'
import { givenPlace, makeTables, openFile } from '../place.ts'
import { acceptedRow, answerAccepted, type AcceptedRow } from './limit-answer.ts'

const place = givenPlace()
await makeTables(place)
const db = openFile(place)
const insert = db.prepare(`
  insert into sms_log (id, channel, direction, to_phone, from_phone, message, status, status_rank,
    priority, expires_at, attempts, next_at, polls, last_event_time, created_at, updated_at)
  values (?1, 'sms', 'outbound', ?2, ?3, ?4, 'QUEUED', 0, 1, ?6, 0, ?5, 0, ?5, ?5, ?5)`)
const noteAccepted = db.prepare(`
  insert into sms_event (message_id, status, source, applied, created_at) values (?, 'QUEUED', 'api', 1, ?)`)
const update = db.prepare(`
  update sms_log set status = 'DELIVERED', status_rank = 4, updated_at = ?, provider_msg_id = ?
  where id = ? and status_rank < 4`)
const note = db.prepare(`
  insert into sms_event (message_id, provider_msg_id, status, source, applied, dedupe_key, created_at)
  values (?, ?, 'DELIVERED', 'callback', 1, ?, ?) on conflict do nothing`)

interface Waiting {
  response: ServerResponse
  row: AcceptedRow
}
let sends: Waiting[] = []
let callbacks: Waiting[] = []

function commit(group: Waiting[], write: (rows: AcceptedRow[]) => void, status: number): void {
  db.exec('begin immediate')
  write(group.map((one) => one.row))
  db.exec('commit')
  for (const { response, row } of group) {
    if (status === 204) response.writeHead(204).end()
    else answerAccepted(response, row)
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
      const params = new URLSearchParams(text)
      const signed = `${benchPublicUrl}${request.url}${[...params].flat().join('')}`
      const signature = createHmac('sha1', benchToken).update(signed).digest('base64')
      if (signature !== request.headers['x-twilio-signature']) throw new Error('a forged callback')
      const sid = params.get('MessageSid') ?? ''
      if (callbacks.length === 0) {
        setImmediate(() => {
          const group = callbacks
          callbacks = []
          commit(
            group,
            (rows) =>
              rows.forEach(([id = '', sid = '', at = 0]) => {
                note.run(id, sid, `sms:msg:${sid}:delivered`, at)
                update.run(at, sid, id)
              }),
            204,
          )
        })
      }
      callbacks.push({ response, row: [id, sid, now] })
      return
    }
    if (sends.length === 0) {
      setImmediate(() => {
        const group = sends
        sends = []
        commit(
          group,
          (rows) =>
            rows.forEach((row) => {
              insert.run(...row)
              noteAccepted.run(row[0] ?? '', row[4] ?? 0)
            }),
          202,
        )
      })
    }
    sends.push({ response, row: acceptedRow(text) })
  })
})
await answerCommands({ port: await listen(server) }, {})
