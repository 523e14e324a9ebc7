import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { waitSecondsOf } from './prefer.ts'

describe('waitSecondsOf', () => {
  const table: [string | undefined, number][] = [
    [undefined, 0],
    ['', 0],
    ['wait=10', 10],
    ['Wait=10', 10],
    ['wait = 10', 10],
    ['wait="10"', 10],
    ['respond-async, wait=10', 10],
    ['wait=10; foo=bar', 10],
    ['wait=10, wait=20', 10],
    ['wait', 0],
    ['wait=', 0],
    ['wait=-1', 0],
    ['wait=1.5', 0],
    ['wait=x, wait=20', 0],
    ['wait=99999999999999', 0],
    ['await=10', 0],
    ['handling=lenient', 0],
  ]
  for (const [header, seconds] of table) {
    it(`reads ${JSON.stringify(header)} as ${seconds}`, () => {
      assert.equal(waitSecondsOf(header), seconds)
    })
  }
})
