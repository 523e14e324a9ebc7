import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { Endpoint } from '../src/routes/contract.ts'
import { problemsOf } from '../src/routes/contract.ts'
import { endpoints } from '../src/routes/index.ts'
import { dumpOpenApi, openApiDump } from '../src/routes/openapi/dump.ts'
import { createTestApp, publicUrl } from './app.ts'
import { createChecker, type Document, type Media, operationsOf } from './openapi-document.ts'

const text = readFileSync(openApiDump, 'utf8')
const document = JSON.parse(text) as Document
const operations = operationsOf(document)

type Spec = Record<string, unknown>

/** Every body of the document that has a schema, with a name for messages. */
function mediaOf(): { where: string; type: string; media: Media; isAnswer: boolean }[] {
  return operations.flatMap(({ operationId, requestBody, responses }) => [
    ...Object.entries(requestBody?.content ?? {}).map(([type, media]) => ({
      where: `request of ${operationId}`,
      type,
      media,
      isAnswer: false,
    })),
    ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([type, media]) => ({
        where: `${operationId} ${status} ${type}`,
        type,
        media,
        isAnswer: true,
      })),
    ),
  ])
}

describe('docs/openapi.json', () => {
  it('is what the endpoints say; to renew it see src/routes/openapi/dump.ts', () => {
    assert.equal(text, dumpOpenApi())
  })

  it('is valid for two validators', async () => {
    const found = await new Validator().validate(JSON.parse(text) as Spec)
    assert.ok(found.valid, JSON.stringify(found.errors))
    await SwaggerParser.validate(structuredClone(document) as never)
  })

  it('would not be with a reference to nothing, or a response without words', async () => {
    const dangling = structuredClone(document)
    delete dangling.components.schemas['Message']
    await assert.rejects(SwaggerParser.validate(dangling as never))
    const wordless = text.replaceAll('"description": "It is stored."', '"notes": "It is stored."')
    const found = await new Validator().validate(JSON.parse(wordless) as Spec)
    assert.equal(found.valid, false)
  })

  it('describes every endpoint', () => {
    assert.deepEqual(
      new Set(
        operations.map(({ operationId, method, path }) => `${operationId} ${method} ${path}`),
      ),
      new Set(
        Object.entries(endpoints).map(([name, { method, path }]) => `${name} ${method} ${path}`),
      ),
    )
    for (const { operationId, summary, description, tags } of operations) {
      assert.ok(summary && description.length > 20 && tags.length === 1, operationId)
    }
  })

  it('has an example of every body, and each fits its schema', () => {
    const open = createChecker(document, 'open')
    const closed = createChecker(document, 'closed')
    let examples = 0
    for (const { where, media, isAnswer } of mediaOf()) {
      const given = Object.values(media.examples ?? {})
      assert.ok(given.length > 0, `${where} has no example`)
      for (const example of given) {
        const name = example.$ref?.split('/').at(-1)
        const { value } = name === undefined ? example : (document.components.examples[name] ?? {})
        const wrong = (isAnswer ? closed : open).wrong(media.schema, value)
        assert.equal(wrong, undefined, `${where}: ${wrong} in ${JSON.stringify(value)}`)
        examples++
      }
    }
    assert.ok(examples > 60)
  })

  it('lists every problem code where it can occur', () => {
    const byName: Record<string, Endpoint> = endpoints
    for (const { operationId, responses } of operations) {
      const listed = Object.values(responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      )
      const endpoint = byName[operationId]
      assert.ok(endpoint)
      assert.deepEqual(listed.toSorted(), problemsOf(endpoint).toSorted(), operationId)
    }
  })

  it('holds no address of anybody', () => {
    const hosts = [...text.matchAll(/https?:\/\/([^/"\s]+)/g)].map(([, host]) => host)
    assert.deepEqual(new Set(hosts), new Set(['shop.example.com', 'www.twilio.com']))
  })
})

describe('GET /openapi.json', () => {
  it('is answered to everybody, for the address of this app', async (t) => {
    const test = await createTestApp(t)
    const reply = await test.request('GET', '/openapi.json', undefined, { authorization: '' })
    assert.equal(reply.status, 200)
    assert.equal(reply.headers.get('content-type'), 'application/json')
    const served = JSON.parse(reply.text) as Document
    assert.deepEqual(served, { ...document, servers: [{ url: publicUrl }] })
    assert.doesNotMatch(
      reply.text,
      new RegExp(`${test.twilio.authToken}|${test.twilio.accountSid}`),
    )
  })

  it('can be kept, and asked for again by its mark', async (t) => {
    const test = await createTestApp(t)
    const first = await test.request('GET', '/openapi.json')
    assert.match(first.headers.get('cache-control') ?? '', /max-age=\d+/)
    const etag = first.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{22}"$/)
    for (const mark of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await test.request('GET', '/openapi.json', undefined, { 'if-none-match': mark })
      assert.deepEqual([again.status, again.text], [304, ''], mark)
      assert.equal(again.headers.get('etag'), etag)
    }
    const other = { 'if-none-match': '"other"' }
    assert.equal((await test.request('GET', '/openapi.json', undefined, other)).status, 200)
  })

  it('says that verification is open where the settings open it', async (t) => {
    const verification = { access: 'public' as const, secrets: ['x'.repeat(32)] }
    const test = await createTestApp(t, { config: { verification } })
    const served = JSON.parse((await test.request('GET', '/openapi.json')).text) as Document
    const security = Object.fromEntries(
      operationsOf(served).map((one) => [one.operationId, one.security]),
    )
    assert.deepEqual(security['startVerification'], [{}, { apiKey: [] }])
    assert.deepEqual(security['sendMessage'], [{ apiKey: [] }])
    assert.deepEqual(security['receiveCallback'], [{ twilioSignature: [] }])
    assert.deepEqual(security['livez'], [])
  })
})
