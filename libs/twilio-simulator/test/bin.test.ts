import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { phone } from './desk.ts'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

function start(t: TestContext, ...args: string[]) {
  const program = spawn(process.execPath, ['--conditions=source', bin, ...args])
  t.after(() => program.kill('SIGKILL'))
  const ended = once(program, 'close')
  return { program, ended }
}

async function firstOf(stream: Readable): Promise<string> {
  const parts: unknown[] = await once(stream, 'data')
  return String(parts[0])
}

describe('twilio-simulator', () => {
  it('serves phones and Twilio, posts replies, and ends when told', async (t) => {
    const posted: (string | undefined)[] = []
    const hook = createServer((request, answer) => {
      posted.push(request.url)
      request.resume()
      answer.writeHead(204).end()
    }).listen(0, '127.0.0.1')
    await once(hook, 'listening')
    t.after(() => {
      hook.closeAllConnections()
      hook.close()
    })
    const address = hook.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const inboundUrl = `http://127.0.0.1:${port}/in`
    const { program, ended } = start(t, '--port', '0', '--inbound-url', inboundUrl)
    const words = await firstOf(program.stdout)
    const [, url = ''] = /Twilio +(\S+)/.exec(words) ?? []
    assert.ok(words.includes(`${url}/phones/`))

    const page = await fetch(url, { headers: { accept: 'text/html' } })
    assert.equal(page.url, `${url}/phones/`)
    assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self';/)
    assert.match(await page.text(), /<div id="app">/)
    assert.equal((await fetch(`${url}/phones/../package.json`)).status, 401)
    assert.equal((await fetch(`${url}/phones/constructor`)).status, 404)

    const body = JSON.stringify({ from: phone, body: 'hi' })
    await fetch(`${url}/_simulator/replies`, { method: 'POST', body })
    assert.deepEqual(posted, ['/in'])
    program.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null])
  })

  it('says what is wrong with the line, and with a port that is taken', async (t) => {
    for (const args of [
      ['--prot', '1'],
      ['--port', 'x'],
      ['--port', '70000'],
    ]) {
      const { program, ended } = start(t, ...args)
      const words = await firstOf(program.stderr)
      assert.match(words, /^twilio-simulator: .*\nTry: twilio-simulator --help/)
      assert.deepEqual(await ended, [2, null])
    }
    const { program, ended } = start(t, '--inbound-url', 'nowhere', '--port', '0')
    const words = await firstOf(program.stderr)
    assert.match(words, /inboundUrl has to be a URL/)
    assert.deepEqual(await ended, [1, null])
  })
})
