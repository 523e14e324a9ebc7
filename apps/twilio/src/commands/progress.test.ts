import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createProgress, sparkline } from './progress.ts'

/** What a progress of 1,000 rows at 500/s writes. */
function written(isTTY: boolean): string {
  const stream = Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream
  let now = 0
  const progress = createProgress(1_000, { stream, monotonic: () => now })
  for (let done = 50; done <= 1_000; done += 50) {
    now += 100
    progress.done({ good: done - 13, bad: 13 })
  }
  progress.end()
  return String(stream.read())
}

describe('createProgress', () => {
  it('writes a line for each tenth in a pipe', () => {
    const lines = written(false).trimEnd().split('\n')
    assert.equal(lines.length, 10)
    assert.match(lines[0] ?? '', /^━{2}─{22} 100\/1,000 {2}✓ 87 {2}✗ 13 {2}500\/s {2}2 s left$/)
    assert.match(lines[9] ?? '', /^━{24} 1,000\/1,000 {2}✓ 987 {2}✗ 13 {2}500\/s █+ {2}2\.0 s$/)
  })

  it('rewrites its line on a terminal, and leaves the last one standing', () => {
    const text = written(true)
    assert.equal(text.split('\n').length, 2)
    const last = stripVTControlCharacters(text).split('\r').at(-1) ?? ''
    assert.match(last, /1,000\/1,000 .* 2\.0 s\n$/)
  })
})

describe('sparkline', () => {
  it('has eight heights', () => {
    assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8]), '▁▂▃▄▅▆▇██')
    assert.equal(sparkline([0, 0]), '▁▁')
  })
})
