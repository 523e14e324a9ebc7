// The physical limit of accepting on PostgreSQL: bare node:http, JSON.parse, and the very rows that the
// app writes, into the very same tables, in one prepared statement and so one round trip and one
// transaction a group; while one group is written the next one gathers. There are no routes, no checks
// of any field, number or key, no limits, no look-ups, no wake-up of other processes, no layers.
import { createServer, type ServerResponse } from 'node:http'
import { answerCommands, listen } from '../commands.ts'
import { givenPlace, makeTables, openPool } from '../place.ts'
import { acceptedRow, answerAccepted, type AcceptedRow } from './limit-answer.ts'

const place = givenPlace()
await makeTables(place)
const pool = await openPool(place)

const insert = `
  with given as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
      as given (id, to_phone, from_phone, message, now, expires_at)
  ), accepted as (
    insert into sms_log (id, channel, direction, to_phone, from_phone, message, status, status_rank,
      priority, expires_at, attempts, next_at, polls, last_event_time, created_at, updated_at)
    select id, 'sms', 'outbound', to_phone, from_phone, message, 'QUEUED', 0,
      1, expires_at, 0, now, 0, now, now, now from given
  )
  insert into sms_event (message_id, status, source, applied, created_at)
  select id, 'QUEUED', 'api', 1, now from given`

interface Waiting {
  response: ServerResponse
  row: AcceptedRow
}
let waiting: Waiting[] = []
let isWriting = false

async function write(): Promise<void> {
  while (waiting.length > 0) {
    const group = waiting
    waiting = []
    const columns = [0, 1, 2, 3, 4, 5].map((i) => group.map((one) => one.row[i]))
    await pool.query({ name: 'insert', text: insert, values: columns })
    for (const { response, row } of group) answerAccepted(response, row)
    // As the app does: those who have just been answered come along.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }
  isWriting = false
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    waiting.push({ response, row: acceptedRow(Buffer.concat(chunks).toString()) })
    if (isWriting) return
    isWriting = true
    setImmediate(() => void write())
  })
})
await answerCommands({ port: await listen(server) }, {})
