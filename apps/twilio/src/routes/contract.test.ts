import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineEndpoint, type Endpoint, problemsOf } from './contract.ts'
import { endpoints } from './index.ts'
import { problem } from './problems.ts'

const data = {
  method: 'GET',
  path: '/x/',
  summary: 'For this test',
  scope: 'read',
  request: { query: z.strictObject({ page: z.string() }) },
  answers: { 200: z.strictObject({ n: z.number() }) },
  problems: ['opted-out'],
} as const

// The compiler is the one under test: each line fails `npm run types` when its error goes away.
describe('defineEndpoint', () => {
  it('takes what is listed', () => {
    defineEndpoint({
      ...data,
      async handle({ query }) {
        return query.page === '' ? problem('opted-out') : { status: 200, body: { n: 1 } }
      },
    })
  })

  it('does not compile with a problem that is not listed', () => {
    defineEndpoint({
      ...data,
      // @ts-expect-error `throttled` is not among the problems
      async handle(call) {
        return call.query.page === '' ? problem('throttled') : { status: 200, body: { n: 1 } }
      },
    })
    defineEndpoint({
      ...data,
      problems: [],
      // @ts-expect-error there are no problems
      async handle() {
        return problem('throttled')
      },
    })
    defineEndpoint({
      ...data,
      // @ts-expect-error `not-found` is not among the problems
      unknown: 'not-found',
      async handle() {
        return problem('opted-out')
      },
    })
  })

  it('does not compile with a status that is not listed, or another body', () => {
    defineEndpoint({
      ...data,
      // @ts-expect-error 202 is not among the answers
      async handle() {
        return { status: 202, body: { n: 1 } }
      },
    })
    defineEndpoint({
      ...data,
      // @ts-expect-error the body has another type
      async handle() {
        return { status: 200, body: { n: 'one' } }
      },
    })
  })

  it('does not compile with a part of the request that is not described', () => {
    defineEndpoint({
      ...data,
      async handle(call) {
        // @ts-expect-error there is no body
        assert.equal(call.body.n, 1)
        return { status: 200, body: { n: 1 } }
      },
    })
  })
})

describe('problemsOf', () => {
  it('adds what the core answers before the endpoint is asked', () => {
    const all = problemsOf(endpoints.sendMessage)
    for (const code of [
      'unauthenticated',
      'invalid-json',
      'body-too-large',
      'opted-out',
    ] as const) {
      assert.ok(all.includes(code), code)
    }
    assert.ok(!problemsOf(endpoints.livez).includes('unauthenticated'))
    assert.equal(new Set(all).size, all.length)
  })
})

describe('endpoints', () => {
  it('describe themselves in JSON Schema', () => {
    const list: Endpoint[] = Object.values(endpoints)
    let schemas = 0
    for (const { request, answers } of list) {
      const { params, query, headers, body, form } = request
      const parts = [params, query, headers, body, form, ...Object.values(answers)]
      for (const schema of parts) {
        if (!(schema instanceof z.ZodType)) continue
        assert.ok(Object.keys(z.toJSONSchema(schema, { io: 'input' })).length > 0)
        schemas++
      }
    }
    assert.ok(schemas >= 12)
  })
})
