import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { codeOf, CommandError, UsageError } from './command.ts'
import { CsvError, readCell, readCsv } from '../domain/csv.ts'

/** A file of people to be texted: a header, then one row for each. */
export interface People {
  /** How many there are. */
  count: number
  /** The same for the same bytes: half of each row's idempotency key. */
  digest: string
  rows(): AsyncGenerator<PersonRow>
}

/** One row of it. */
export interface PersonRow {
  /** Counted from 1, the header left out. */
  row: number
  toPhone: string
  message: string
}

/** Words in braces are columns: `Hi {name}`. */
const place = /\{(\w+)\}/g

/**
 * Reads the file once to the end, so that a mistake in it is known before anybody is texted. Throws
 * `CommandError` on a file that cannot be read, `UsageError` where a column is missing.
 */
export async function openPeople(file: string, template: string | undefined): Promise<People> {
  const hash = createHash('sha256')
  const pieces = () => piecesOf(file)
  async function* hashed(): AsyncGenerator<string> {
    for await (const piece of pieces()) {
      hash.update(piece)
      yield piece
    }
  }
  let count = -1
  try {
    for await (const cells of readCsv(hashed())) {
      if (count === -1) checkColumns(cells, template)
      count++
    }
  } catch (error) {
    if (error instanceof CsvError) {
      throw new CommandError(`${file}: ${error.message}`, { cause: error })
    }
    throw error
  }
  if (count === -1) throw new CommandError(`${file} is empty: its first line must name its columns`)
  return { count, digest: hash.digest('hex').slice(0, 32), rows: () => rowsOf(pieces(), template) }
}

async function* piecesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, 'utf8')
  try {
    for await (const piece of stream) yield String(piece)
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${codeOf(error)}`, { cause: error })
  }
}

function checkColumns(header: readonly string[], template: string | undefined): void {
  const wanted = template === undefined ? ['message'] : [...template.matchAll(place)].map(nameOf)
  const missing = ['to_phone', ...wanted].filter((name) => !header.includes(name))
  if (missing.length > 0) {
    throw new UsageError(`the file has no column ${[...new Set(missing)].join(', ')}`)
  }
}

async function* rowsOf(
  pieces: AsyncIterable<string>,
  template: string | undefined,
): AsyncGenerator<PersonRow> {
  let header: string[] | undefined
  let row = 0
  for await (const cells of readCsv(pieces)) {
    if (header === undefined) {
      header = cells
      continue
    }
    row++
    // Spreadsheets and our own results keep a number from being a formula by an apostrophe.
    const values = new Map(header.map((name, i) => [name, readCell(cells[i] ?? '')]))
    const value = (name: string) => values.get(name) ?? ''
    const message =
      template === undefined
        ? value('message')
        : template.replaceAll(place, (_, name: string) => value(name))
    yield { row, toPhone: value('to_phone').trim(), message }
  }
}

function nameOf(match: RegExpMatchArray): string {
  return match[1] ?? ''
}
