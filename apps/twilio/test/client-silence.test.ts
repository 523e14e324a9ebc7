import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTwilioClient, type Fetch } from '../src/client.ts'
import { publicUrl } from './app.ts'

const hello = { toPhone: '+14155552671', message: 'Hello' }

describe('a call that nobody answers', () => {
  /** A server that never answers, as `fetch` shows it. */
  const silent: Fetch = (_, { signal }) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })

  it('ends in time', async () => {
    const client = createTwilioClient({
      baseUrl: publicUrl,
      fetch: silent,
      timeoutMs: 5,
      retries: 0,
    })
    const result = await client.messages.send(hello)
    assert.ok(result.kind === 'unreachable' && result.reason === 'timeout')
  })

  it('ends when its caller wants no more of it', async () => {
    const client = createTwilioClient({ baseUrl: publicUrl, fetch: silent })
    const controller = new AbortController()
    const sending = client.messages.send(hello, { signal: controller.signal })
    controller.abort()
    assert.equal((await sending).kind, 'aborted')
    const { signal } = controller
    assert.equal(
      (await client.verification.start({ toPhone: hello.toPhone }, { signal })).kind,
      'aborted',
    )
  })

  it('ends between two tries too', async () => {
    const controller = new AbortController()
    const client = createTwilioClient({
      baseUrl: publicUrl,
      async fetch() {
        controller.abort()
        return new Response(null, { status: 503, headers: { 'retry-after': '9' } })
      },
    })
    const result = await client.messages.send(hello, { signal: controller.signal })
    assert.equal(result.kind, 'aborted')
  })
})
