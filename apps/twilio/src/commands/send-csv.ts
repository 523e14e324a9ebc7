import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { countSegments } from '@hsb/twilio-sms'
import type { TwilioApp } from '../app.ts'
import type { SendInput, SendResult } from '../services/messages.ts'
import { CommandError, codeOf } from './command.ts'
import { withApp } from './config-file.ts'
import { csvLine } from '../domain/csv.ts'
import { openPeople, type People, type PersonRow } from './csv-people.ts'
import { createProgress } from './progress.ts'
import { print, printJson, tell } from './terminal.ts'

/** How many are to be texted, and as what. */
export interface CsvOrder {
  config: string
  csv: string
  template: string | undefined
  from: string | undefined
  results: string | undefined
  dryRun: boolean
  json: boolean
}

/** Rows on their way at the same time: full groups for the database, and little to hold in memory. */
const atOnce = 200

/** What became of one row. */
interface RowEnd {
  id: string | undefined
  status: string
  error: string | undefined
  replayed: boolean
}

/** Accepts a message for each row of a file; whatever worker runs on this database sends them. */
export async function sendCsv(order: CsvOrder): Promise<number> {
  const people = await openPeople(order.csv, order.template)
  return withApp(order.config, { logLevel: 'error' }, async (app) => {
    if (order.dryRun) return tryOut(app, people, order)
    await app.start()
    return send(app, people, order)
  })
}

async function send(app: TwilioApp, people: People, order: CsvOrder): Promise<number> {
  const file = order.results ?? `${order.csv}.results.csv`
  const results = await openResults(file)
  const progress = createProgress(people.count)
  const sum = { accepted: 0, replayed: 0, refused: 0 }
  await results.write(csvLine(['row', 'to_phone', 'id', 'status', 'error']))
  for await (const rows of groups(people.rows())) {
    const ends = await Promise.all(rows.map((row) => sendRow(app, row, people, order)))
    ends.forEach((end) => {
      if (end.id === undefined) sum.refused++
      else if (end.replayed) sum.replayed++
      else sum.accepted++
    })
    const lines = rows.map(({ row, toPhone }, i) => {
      const end = ends[i]
      return csvLine([row, toPhone, end?.id, end?.status, end?.error])
    })
    await results.write(lines.join(''))
    progress.done({ good: sum.accepted + sum.replayed, bad: sum.refused })
  }
  progress.end()
  await results.close()
  if (order.json) printJson({ rows: people.count, ...sum, results: file })
  else {
    const before = sum.replayed > 0 ? `${sum.replayed} accepted before, ` : ''
    print(`${sum.accepted} accepted, ${before}${sum.refused} refused`)
  }
  tell(`row by row in ${file}; the same command again goes on where it ended`)
  return sum.refused > 0 ? 1 : 0
}

async function sendRow(
  app: TwilioApp,
  { row, toPhone, message }: PersonRow,
  { digest }: People,
  { from }: CsvOrder,
): Promise<RowEnd> {
  const input: SendInput = {
    toPhone,
    message,
    fromPhone: from,
    priority: 'bulk',
    // By the bytes of the file and the place in it: whoever was in line before a kill is not in it twice.
    idempotencyKey: `csv:${digest}:${row}`,
    caller: 'cli',
  }
  const result = await app.messages.send(input)
  if (result.kind === 'accepted') {
    const { id, status } = result.message
    return { id, status, error: undefined, replayed: result.replayed }
  }
  return { id: undefined, status: 'refused', error: wordsOf(result), replayed: false }
}

function wordsOf(refusal: Exclude<SendResult, { kind: 'accepted' }>): string {
  return refusal.kind === 'invalid-message'
    ? `${refusal.kind}: ${refusal.field} ${refusal.detail}`
    : refusal.kind
}

/** What it would come to, without a database. */
async function tryOut(app: TwilioApp, people: People, order: CsvOrder): Promise<number> {
  const { checkSend } = await import('../services/message-checks.ts')
  const sum = { rows: people.count, messages: 0, segments: 0, unicode: 0, refused: 0 }
  for await (const { row, toPhone, message } of people.rows()) {
    const input = { toPhone, message, fromPhone: order.from }
    const checked = checkSend(input, app.settings, Date.now())
    if (checked.kind === 'checked') {
      const { segments, encoding } = countSegments(message)
      sum.messages++
      sum.segments += segments
      if (encoding !== 'GSM-7') sum.unicode++
    } else {
      sum.refused++
      if (sum.refused <= mostTold) tell(`row ${row}: ${wordsOf(checked)}`)
    }
  }
  if (sum.refused > mostTold) tell(`and ${sum.refused - mostTold} more`)
  if (order.json) printJson(sum)
  else {
    const { messages, segments, unicode, refused } = sum
    print(`${messages} messages, ${segments} segments, ${unicode} of them in Unicode`)
    print(`${refused} rows would be refused; nothing was sent`)
  }
  return sum.refused > 0 ? 1 : 0
}

const mostTold = 10

async function* groups(rows: AsyncIterable<PersonRow>): AsyncGenerator<PersonRow[]> {
  let group: PersonRow[] = []
  for await (const row of rows) {
    group.push(row)
    if (group.length < atOnce) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

async function openResults(file: string) {
  // Phones stand in it.
  const stream: WriteStream = createWriteStream(file, { mode: 0o600 })
  let failure: unknown
  stream.on('error', (error) => (failure ??= error))
  const check = () => {
    if (failure === undefined) return
    throw new CommandError(`${file} cannot be written: ${codeOf(failure)}`, { cause: failure })
  }
  return {
    async write(text: string) {
      check()
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
      check()
    },
    async close() {
      stream.end()
      if (!stream.closed) await once(stream, 'close')
      check()
    },
  }
}
