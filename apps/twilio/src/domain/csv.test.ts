import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CsvError, csvLine, readCell, readCsv } from './csv.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size)
}

async function rowsOf(text: string, size = 7): Promise<string[][]> {
  const rows: string[][] = []
  for await (const row of readCsv(inPieces(text, size))) rows.push(row)
  return rows
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('+14155552671', '=1+1', '-1', '@sum', '\tx', '\rx', '"', ',', '\r\n', "'+1", ''),
  fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r'), fc.string()).map((two) => two.join('')),
)

describe('csvLine', () => {
  it('writes 1,000 rows of anything so that no cell is a formula and all come back', async () => {
    const [table = []] = fc.sample(
      fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), {
        minLength: 1_000,
        maxLength: 1_000,
      }),
      1,
    )
    const text = table.map(csvLine).join('')
    const rows = await rowsOf(text, 11)
    // An empty first cell alone would be an empty line; here are three.
    assert.equal(rows.length, 1_000)
    const cells = rows.flat()
    assert.deepEqual(
      cells.filter((one) => /^[=+\-@\t\r]/.test(one)),
      [],
    )
    const known = table.flat()
    cells.forEach((one, i) => {
      const original = known[i] ?? ''
      // What looked inert before is left as it was, and read as what it looks like.
      assert.equal(readCell(one), readCell(original))
    })
  })

  it('keeps a phone a phone', async () => {
    assert.equal(csvLine(['+14155552671', 5, undefined, null]), `"'+14155552671",5,,\r\n`)
    const [[phone = ''] = []] = await rowsOf(csvLine(['+14155552671']))
    assert.equal(readCell(phone), '+14155552671')
  })
})

describe('readCsv', () => {
  it('reads what spreadsheets write, wherever it is cut', async () => {
    const text = '\uFEFFa,b\r\n"x, ""y""\r\nz",2\n\n3,\r"",""\n'
    const rows = [
      ['a', 'b'],
      ['x, "y"\r\nz', '2'],
      ['3', ''],
      ['', ''],
    ]
    for (const size of [1, 2, 3, 5, 100]) assert.deepEqual(await rowsOf(text, size), rows)
    assert.deepEqual(await rowsOf('a,b\n1,2'), [
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  it('says where a quote is missing, and does not read on for ever', async () => {
    await assert.rejects(
      rowsOf('a\n"b\nc'),
      new CsvError('line 3: a quote is opened and not closed'),
    )
    await assert.rejects(rowsOf(`a\n"${'x'.repeat(200_000)}"`, 1_000), /line 2 is too long/)
  })
})
