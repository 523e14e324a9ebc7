import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readCell, readCsv } from '../../src/domain/csv.ts'
import { createTestApp } from '../app.ts'

/** What spreadsheets take for a formula, and what else breaks a file. */
const nasty = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '"',
  ',',
  ';',
  '\n',
  "'",
  '=cmd|x',
  'ä€😀',
]

describe('POST /admin/api/messages/export/', () => {
  it('writes a thousand rows that a spreadsheet only shows, and that read back', async (t) => {
    const test = await createTestApp(t)
    const texts = fc.sample(
      fc
        .tuple(fc.constantFrom(...nasty), fc.string({ minLength: 1, maxLength: 60 }))
        .map((parts) => parts.join('').replaceAll('\0', '')),
      { numRuns: 1_000, seed: 17 },
    )
    const sent = new Map<string, string>()
    await Promise.all(
      texts.map(async (message) => {
        const result = await test.app.messages.send({ toPhone: '+14155552671', message })
        if (result.kind === 'accepted') sent.set(result.message.id, message)
      }),
    )
    assert.ok(sent.size > 900)
    const reply = await test.request('POST', '/admin/api/messages/export/', {})
    assert.equal(reply.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.match(reply.headers.get('content-disposition') ?? '', /^attachment/)
    async function* whole() {
      yield reply.text
    }
    const rows: string[][] = []
    for await (const row of readCsv(whole())) rows.push(row)
    const [names = [], ...lines] = rows
    assert.equal(lines.length, sent.size)
    const [id, text] = [names.indexOf('id'), names.indexOf('message')]
    for (const line of lines) {
      assert.ok(
        line.every((cell) => !/^[=+\-@\t\r]/.test(cell)),
        JSON.stringify(line),
      )
      // A text that begins like a cell made inert cannot be told from one.
      assert.equal(readCell(line[text] ?? ''), readCell(sent.get(line[id] ?? '') ?? ''))
    }
    const [entry] = await test.app.audit.list({ subject: 'messages' })
    assert.equal(entry?.action, 'messages-exported')
  })

  it('takes what was asked for and no more', async (t) => {
    const test = await createTestApp(t)
    for (const toPhone of ['+14155552671', '+14155552672', '+14155552671']) {
      await test.app.messages.send({ toPhone, message: 'hello' })
    }
    const count = async (body: object) =>
      (await test.request('POST', '/admin/api/messages/export/', body)).text.split('\r\n').length -
      2
    assert.equal(await count({ q: '+14155552671' }), 2)
    assert.equal(await count({ q: '2672' }), 1)
    assert.equal(await count({ status: 'FAILED' }), 0)
    assert.equal(await count({ limit: 2 }), 2)
    const [entry] = await test.app.audit.list({ subject: 'messages', limit: 3 })
    assert.doesNotMatch(JSON.stringify(entry), /4155552671/)
  })
})
