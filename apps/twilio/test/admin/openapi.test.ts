import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import SwaggerParser from '@apidevtools/swagger-parser'
import { Validator } from '@seriousme/openapi-schema-validator'
import { adminDump, dumpAdmin } from '../../src/routes/admin/dump.ts'
import { adminEndpoints } from '../../src/routes/admin/index.ts'
import { createTestApp, publicUrl, type TestApp } from '../app.ts'
import {
  createChecker,
  type Document,
  type Media,
  operationsOf,
  type Placed,
} from '../openapi-document.ts'

const text = readFileSync(adminDump, 'utf8')
const document = JSON.parse(text) as Document
const operations = operationsOf(document)

/** Every body of an operation, with a name for messages. */
function mediaOf({ operationId, requestBody, responses }: Placed): [string, Media][] {
  return [
    ...Object.values(requestBody?.content ?? {}).map((media): [string, Media] => [
      `request of ${operationId}`,
      media,
    ]),
    ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.values(content).map((media): [string, Media] => [`${operationId} ${status}`, media]),
    ),
  ]
}

/** What happened in an app that has some of everything. */
async function createBusyApp(t: Parameters<typeof createTestApp>[0]): Promise<TestApp> {
  const test = await createTestApp(t)
  const phone = '+14155552671'
  await test.app.messages.send({ toPhone: phone, message: 'hello', metadata: { order: '17' } })
  await test.app.messages.send({ toPhone: '+15005550009', message: 'fails' })
  await test.app.optOuts.add('+14155550009', 'asked')
  await test.app.verifications.start({ toPhone: phone, clientAddress: '127.0.0.1' })
  for (let i = 0; i < 5; i++) {
    await test.app.runDue()
    await test.advance(60_000)
  }
  await test.app.runDue()
  return test
}

describe('docs/openapi-admin.json', () => {
  it('is what the endpoints say; to renew it see src/routes/admin/dump.ts', () => {
    assert.equal(text, dumpAdmin())
    assert.deepEqual(
      operations.map(({ operationId }) => operationId).toSorted(),
      Object.keys(adminEndpoints).toSorted(),
    )
  })

  it('is valid for two validators, and each example for its schema', async () => {
    const found = await new Validator().validate(JSON.parse(text) as Record<string, unknown>)
    assert.ok(found.valid, JSON.stringify(found.errors))
    await SwaggerParser.validate(structuredClone(document) as never)
    const checker = createChecker(document, 'open')
    for (const operation of operations) {
      assert.ok(operation.description.length > 20 && operation.tags.length === 1)
      for (const [where, media] of mediaOf(operation)) {
        const examples = Object.values(media.examples ?? {})
        assert.ok(examples.length > 0, where)
        for (const { $ref, value } of examples) {
          const name = $ref?.split('/').at(-1)
          const body = name === undefined ? value : document.components.examples[name]?.value
          assert.equal(checker.wrong(media.schema, body), undefined, where)
        }
      }
    }
  })

  it('tells what is really answered, everywhere', async (t) => {
    const test = await createBusyApp(t)
    const checker = createChecker(document, 'closed')
    const idOf = async (path: string, list: string, field: string) => {
      const { body } = await test.request('GET', `/admin/api/${path}`)
      const [first] = body[list] as Record<string, string>[]
      return first?.[field] ?? ''
    }
    const ids: Record<string, string> = {
      '/messages/{id}': await idOf('messages/?status=FAILED', 'messages', 'id'),
      '/verifications/{id}': await idOf('verifications/', 'verifications', 'id'),
      '/conversations/{key}': await idOf('messages/?q=2671', 'messages', 'id'),
    }
    let checked = 0
    for (const { method, path, responses, operationId } of operations) {
      if (method !== 'GET' || operationId === 'watchLive') continue
      const [pattern] = Object.keys(ids).filter((one) => path.includes(one))
      const id = pattern === undefined ? '' : (ids[pattern] ?? '')
      const reply = await test.request('GET', path.replace(/\{\w+\}/, id))
      assert.equal(reply.status, 200, `${path} ${reply.text}`)
      const media = responses['200']?.content?.['application/json']
      assert.ok(media)
      assert.equal(checker.wrong(media.schema, reply.body), undefined, `${path} ${reply.text}`)
      checked++
    }
    assert.ok(checked > 12)
    const settings = await test.request('GET', '/admin/api/settings/')
    assert.doesNotMatch(settings.text, new RegExp(`${test.twilio.authToken}|a secret of a test`))
    const served = await test.request('GET', '/admin/api/openapi.json')
    assert.deepEqual(JSON.parse(served.text), { ...document, servers: [{ url: publicUrl }] })
  })
})
