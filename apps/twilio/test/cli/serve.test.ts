import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import type { Simulator } from '@hsb/twilio-simulator'
import { createDesk } from './desk.ts'
import { runProgram, startProgram, writeConfig } from './program.ts'

/** A Twilio that answers when it is told to. */
async function createSlowTwilio(t: TestContext, twilio: Simulator) {
  const called = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    called.resolve()
    await released.promise
    const { method = '', url = '' } = request
    const headers = { authorization: String(request.headers.authorization) }
    const body = new URLSearchParams(await text(request))
    const reply = await twilio.fetch(new Request(`http://twilio${url}`, { method, headers, body }))
    response.writeHead(reply.status, { 'content-type': 'application/json' })
    response.end(await reply.text())
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    released.resolve()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, called: called.promise, release: released.resolve }
}

function send(url: string, key: string): Promise<Response> {
  return fetch(`${url}/api/sms/send/`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      prefer: 'wait=20',
    },
    body: JSON.stringify({ to_phone: '+14155552671', message: 'Hello' }),
  })
}

async function ready(program: ReturnType<typeof startProgram>): Promise<string> {
  const line = JSON.parse(await program.line(/"event":"ready"/)) as { url: string }
  return line.url
}

describe('hsb-twilio serve', () => {
  it('serves with the settings of the file, logs JSON lines only, and ends well on SIGTERM', async (t) => {
    const { args, twilio } = await createDesk(t)
    const key = (
      await runProgram(t, ['keys', 'create', '--name', 'x', '--scopes', 'send', ...args])
    ).stdout.trim()
    const program = startProgram(t, ['serve', '--port', '0', '--json', ...args])
    const url = await ready(program)
    assert.deepEqual(JSON.parse(await program.line(/^\{"url"/)), { url })
    const answer = await send(url, key)
    assert.equal(answer.status, 201)
    assert.deepEqual(
      twilio.messages().map(({ to, body }) => ({ to, body })),
      [{ to: '+14155552671', body: 'Hello' }],
    )
    program.kill('SIGTERM')
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    assert.equal(program.stdout(), `${JSON.stringify({ url })}\n`)
    for (const line of program.stderr().trim().split('\n')) {
      assert.partialDeepStrictEqual(Object.keys(JSON.parse(line) as object), ['level', 'time'])
    }
  })

  it('finishes a request that is waiting when SIGTERM comes', async (t) => {
    const { folder, config, args, twilio } = await createDesk(t)
    const slow = await createSlowTwilio(t, twilio)
    const created = await runProgram(t, [
      'keys',
      'create',
      '--name',
      'x',
      '--scopes',
      'send',
      ...args,
    ])
    await writeConfig(folder, { ...config, twilio: { ...config.twilio, baseUrl: slow.url } })
    const program = startProgram(t, ['serve', '--port', '0', ...args])
    const answer = send(await ready(program), created.stdout.trim())
    await slow.called
    program.kill('SIGTERM')
    await program.line(/"event":"stopping"/)
    slow.release()
    const { status, headers } = await answer
    assert.deepEqual([status, headers.get('connection')], [201, 'close'])
    assert.deepEqual(await program.exited, { code: 0, signal: null })
    assert.equal(twilio.messages().length, 1)
  })

  it('names every wrong setting on a line of its own, and no value', async (t) => {
    const { folder, config } = await createDesk(t)
    const file = await writeConfig(folder, {
      ...config,
      twilio: {
        ...config.twilio,
        accountSid: 'canary-1',
        authToken: 'canary-2',
        authTokn: 'canary-3',
      },
      publicUrl: 'canary-4',
      delivery: { concurrency: 0 },
    })
    const { code, stdout, stderr } = await runProgram(t, ['serve', '--config', file])
    assert.deepEqual([code, stdout], [1, ''])
    assert.equal(stderr.split('\n')[0], `hsb-twilio: wrong settings in ${file}`)
    for (const setting of ['twilio.accountSid', 'publicUrl', 'delivery.concurrency']) {
      assert.match(stderr, new RegExp(`^  ${setting}: `, 'm'))
    }
    assert.match(stderr, /authTokn/)
    assert.doesNotMatch(stderr, /canary|^ {4}at /m)
  })

  it('says what is wrong with the file itself', async (t) => {
    const { folder } = await createDesk(t)
    const wrong: [text: string | undefined, words: RegExp][] = [
      [undefined, /there is no file .*other\.config\.ts; name yours by --config/],
      ['export const settings = {}', /exports no settings/],
      ['export default 5', /exports no settings/],
      ['enum A { b }', /cannot be loaded: .*enum/i],
      ['throw new Error("+14155552671 is missing")', /cannot be loaded: Error: \+1415\*{5}71 is/],
      ["import 'not-installed'", /cannot be loaded: .*not-installed/],
    ]
    for (const [text, words] of wrong) {
      const file = join(folder, `${text === undefined ? 'other' : 'x'}.config.ts`)
      if (text !== undefined) await writeFile(file, text)
      const { code, stderr } = await runProgram(t, ['serve', '--config', file])
      assert.equal(code, 1)
      assert.match(stderr, words)
      assert.equal(stderr.split('\n').length, 2, stderr)
    }
  })

  it('takes an export named config as well', async (t) => {
    const { folder, config } = await createDesk(t)
    const file = join(folder, 'named.ts')
    await writeFile(file, `export const config: object = ${JSON.stringify(config)}`)
    const program = startProgram(t, ['serve', '--port', '0', '--config', file])
    assert.match(await ready(program), /^http:/)
  })

  it('says in one line that the database cannot be opened', async (t) => {
    const { folder, config } = await createDesk(t)
    for (const path of [folder, join(folder, 'none', 'sms.db')]) {
      const file = await writeConfig(folder, { ...config, database: `file:${path}` })
      const { code, stderr } = await runProgram(t, ['serve', '--port', '0', '--config', file])
      assert.equal(code, 1)
      assert.match(stderr, /^hsb-twilio: .*\n$/)
      assert.ok(stderr.includes(path))
    }
  })

  it('keeps to this machine until there is a key', async (t) => {
    const { args } = await createDesk(t)
    const everywhere = ['serve', '--host', '0.0.0.0', '--port', '0', ...args]
    const refused = await runProgram(t, everywhere)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^hsb-twilio: cannot listen: 0\.0\.0\.0 can be reached.*\n$/)
    await runProgram(t, ['keys', 'create', '--name', 'x', '--scopes', 'send', ...args])
    assert.match(await ready(startProgram(t, everywhere)), /^http:\/\/0\.0\.0\.0:\d+$/)
  })

  it('does not show in a crash what the error quotes', async (t) => {
    const { folder, config } = await createDesk(t)
    const file = join(folder, 'crash.config.ts')
    const crash = `setTimeout(() => { throw new TypeError('canary +14155552671') }, 0)`
    await writeFile(file, `${crash}\nexport default ${JSON.stringify(config)}`)
    const { code, stderr } = await runProgram(t, ['serve', '--port', '0', '--config', file])
    assert.equal(code, 1)
    assert.match(stderr, /unexpected error: TypeError\n {4}at /)
    assert.doesNotMatch(stderr, /canary|4155552671/)
  })
})
