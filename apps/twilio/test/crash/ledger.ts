import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { EventSource } from '../../src/domain/event.ts'
import type { MessageStatus } from '../../src/domain/message.ts'
import type { Place } from './actor-process.ts'

/** A row of `sms_log`, as far as a judge looks at it. */
export interface LedgerRow {
  id: string
  to: string
  text: string
  status: MessageStatus
  sid: string | null
  segments: number | null
  createdAt: number
}

/** A row of `sms_event`, in the order in which they were stored. */
export interface LedgerEvent {
  /** The message; null while nobody knows whose it is. */
  id: string | null
  status: MessageStatus
  source: EventSource
  applied: boolean
  detail: string | null
  at: number
}

/** The database of a run, read by somebody who uses none of our code for it. */
export interface Ledger {
  /** Messages below this rank: those that something is still to happen to. */
  below(rank: number): Promise<number>
  read(): Promise<{ rows: LedgerRow[]; events: LedgerEvent[] }>
}

type Row = Record<string, unknown>

/** Opens it for each question anew: the database may be stopped in between. */
export function openLedger(place: Place): Ledger {
  async function ask(text: string): Promise<Row[]> {
    if (place.kind === 'postgres') return askPostgres(place, text)
    const database = new DatabaseSync(place.file, { readOnly: true, timeout: 5_000 })
    try {
      return database.prepare(text).all()
    } finally {
      database.close()
    }
  }
  return {
    async below(rank) {
      const [row] = await ask(`select count(*) as n from sms_log where status_rank < ${rank}`)
      return Number(row?.['n'])
    },
    async read() {
      const rows = await ask(
        `select id, to_phone as "to", message as "text", status, provider_msg_id as sid,
          num_segments as segments, created_at as "createdAt" from sms_log`,
      )
      const events = await ask(
        `select message_id as id, status, source, applied, detail, created_at as "at"
         from sms_event order by sms_event.id`,
      )
      // PostgreSQL writes its large numbers as text.
      return {
        rows: rows.map((row) => {
          return { ...row, createdAt: Number(row['createdAt']) } as unknown as LedgerRow
        }),
        events: events.map((event) => {
          const [at, applied] = [Number(event['at']), Number(event['applied']) === 1]
          return { ...event, at, applied } as unknown as LedgerEvent
        }),
      }
    },
  }
}

async function askPostgres(
  { url, schema }: { url: string; schema: string },
  text: string,
): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(`set search_path to ${schema}`)
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
