import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'tsdown'
import type {
  CancelResult,
  CheckResult,
  SendResult,
  StartResult,
  StatusResult,
} from '../src/client.ts'
import { problemsOf } from '../src/routes/contract.ts'
import { endpoints } from '../src/routes/index.ts'
import type { ProblemCode } from '../src/routes/problems.ts'
import { createFolder } from './cli/program.ts'

const most = 2_500

describe('the client in a browser', () => {
  it(`is one file of at most ${most} bytes, gzipped, that imports nothing`, async (t) => {
    const folder = await createFolder(t)
    await build({
      entry: [fileURLToPath(new URL('../src/client.ts', import.meta.url))],
      outDir: folder,
      config: false,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      minify: true,
      dts: false,
      logLevel: 'silent',
    })
    const files = await readdir(folder)
    assert.equal(files.length, 1, files.join())
    const text = await readFile(join(folder, files[0] ?? ''), 'utf8')
    assert.doesNotMatch(text, /\bimport\b|\brequire\b|\bprocess\b|\bBuffer\b|node:/)
    const size = gzipSync(text).length
    assert.ok(size <= most, `${size} bytes`)
    t.diagnostic(`${text.length} bytes, ${size} gzipped`)
    const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
    const client = (await import(url)) as { createTwilioClient: unknown }
    assert.equal(typeof client.createTwilioClient, 'function')
  })
})

// Problems that only a broken client, proxy or server brings about: they are `unexpected`.
type Elsewhere =
  | 'body-too-large'
  | 'internal'
  | 'invalid-json'
  | 'unreadable-body'
  | 'unsupported-media-type'
  | 'url-too-long'
type Own = 'accepted' | 'canceled' | 'found' | 'started' | 'unreachable' | 'aborted' | 'unexpected'
type Kinds = {
  sendMessage: Exclude<SendResult['kind'], Own>
  getMessageStatus: Exclude<StatusResult['kind'], Own>
  cancelMessage: Exclude<CancelResult['kind'], Own>
  startVerification: Exclude<StartResult['kind'], Own>
  checkVerification: Extract<CheckResult['kind'], ProblemCode>
}

// The compiler holds these lists to the types; the test holds them to what the server says of itself.
const kinds: { [Name in keyof Kinds]: Record<Kinds[Name], true> } = {
  sendMessage: {
    'invalid-idempotency-key': true,
    'invalid-phone': true,
    'invalid-message': true,
    'invalid-body': true,
    'destination-not-allowed': true,
    'opted-out': true,
    'idempotency-key-reused': true,
    throttled: true,
    unauthenticated: true,
    forbidden: true,
    unavailable: true,
  },
  getMessageStatus: {
    'message-not-found': true,
    unauthenticated: true,
    forbidden: true,
    unavailable: true,
  },
  cancelMessage: {
    'message-not-found': true,
    'too-late-to-cancel': true,
    unauthenticated: true,
    forbidden: true,
    unavailable: true,
  },
  startVerification: {
    'invalid-phone': true,
    'invalid-body': true,
    'destination-not-allowed': true,
    'channel-not-available': true,
    'verification-not-found': true,
    throttled: true,
    unauthenticated: true,
    forbidden: true,
    unavailable: true,
  },
  checkVerification: {
    'not-found': true,
    'invalid-body': true,
    'invalid-phone': true,
    throttled: true,
    unauthenticated: true,
    forbidden: true,
    unavailable: true,
  },
}

const elsewhere: Record<Elsewhere, true> = {
  'body-too-large': true,
  internal: true,
  'invalid-json': true,
  'unreadable-body': true,
  'unsupported-media-type': true,
  'url-too-long': true,
}

describe('the types of the client', () => {
  for (const [name, listed] of Object.entries(kinds)) {
    it(`name every problem of the contract: ${name}`, () => {
      const ours = problemsOf(endpoints[name as keyof Kinds]).filter((one) => !(one in elsewhere))
      // A verification that is `not-found` is an outcome, no problem.
      const named = Object.keys(listed).filter((one) => one !== 'not-found')
      assert.deepEqual(named.toSorted(), ours.toSorted())
    })
  }
})
