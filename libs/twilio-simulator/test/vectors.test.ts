import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countSegments } from '../src/segments.ts'
import { signForm } from '../src/signature.ts'
import segments from './vectors/segments.json' with { type: 'json' }
import signatures from './vectors/signatures.json' with { type: 'json' }

describe('countSegments', () => {
  it('agrees with the official calculator', () => {
    assert.ok(segments.vectors.length > 30)
    for (const vector of segments.vectors)
      assert.equal(countSegments(vector.text), vector.segments, vector.id)
  })
})

describe('signForm', () => {
  it('agrees with the official SDK', () => {
    assert.ok(signatures.vectors.length > 40)
    for (const vector of signatures.vectors) {
      const body = 'raw_body' in vector ? (vector.raw_body ?? '') : ''
      const made = signForm(vector.auth_token, vector.signed_url, new URLSearchParams(body))
      assert.equal(made, vector.signature, vector.id)
    }
  })
})
