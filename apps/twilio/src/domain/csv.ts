/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/

/**
 * One line of CSV (RFC 4180) that a spreadsheet only shows: a cell that would be a formula, and every
 * phone number is one, begins with an apostrophe. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map((cell) => quoted(inert(String(cell ?? '')))).join(',')}\r\n`
}

function inert(text: string): string {
  return formula.test(text) ? `'${text}` : text
}

function quoted(text: string): string {
  return /[",;'\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A cell as it was before `csvLine`, where it was made inert. */
export function readCell(text: string): string {
  return text.startsWith("'") && formula.test(text.slice(1)) ? text.slice(1) : text
}

/** A file that is no CSV; the message names the line. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
}

/** A row may not be longer than this: a quote that is never closed would swallow the whole file. */
const longestRow = 100_000

/** The rows of CSV that arrives in pieces; empty lines are left out. Only one row is held at a time. */
export async function* readCsv(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let cells: string[] = []
  let cell = ''
  let line = 1
  let isQuoted = false
  /** After the quote that may end a quoted cell: another one is a quote within it. */
  let wasQuote = false
  let wasReturn = false
  let isFirst = true
  let length = 0

  function endRow(): string[] | undefined {
    const row = [...cells, cell]
    cells = []
    cell = ''
    length = 0
    wasQuote = false
    return row.length === 1 && row[0] === '' ? undefined : row
  }

  for await (const piece of pieces) {
    // Spreadsheets mark a file of UTF-8 by its first character.
    const text = isFirst ? piece.replace(/^\uFEFF/, '') : piece
    isFirst &&= piece === ''
    for (const letter of text) {
      if (++length > longestRow) throw new CsvError(`line ${line} is too long: is a quote missing?`)
      if (letter === '\n') line += wasReturn && !isQuoted ? 0 : 1
      const follows = wasReturn && letter === '\n'
      wasReturn = letter === '\r' && !isQuoted
      if (isQuoted) {
        if (letter === '"') {
          isQuoted = false
          wasQuote = true
        } else cell += letter
      } else if (letter === '"' && (wasQuote || cell === '')) {
        if (wasQuote) cell += letter
        isQuoted = true
        wasQuote = false
      } else if (letter === ',') {
        cells.push(cell)
        cell = ''
        wasQuote = false
      } else if (letter === '\n' || letter === '\r') {
        if (follows) continue
        if (letter === '\r') line++
        const row = endRow()
        if (row) yield row
      } else cell += letter
    }
  }
  if (isQuoted) throw new CsvError(`line ${line}: a quote is opened and not closed`)
  const row = endRow()
  if (row) yield row
}
