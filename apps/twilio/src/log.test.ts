import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cleanText, createLog, type LogLevel } from './log.ts'

async function logTo(options: { pretty?: boolean; level?: LogLevel; hasColors?: boolean } = {}) {
  const lines: string[] = []
  const { pretty = false, level, hasColors = false } = options
  const stream = { write: (line: string) => lines.push(line), hasColors: () => hasColors }
  return { log: await createLog({ pretty, level, stream }), lines }
}

describe('createLog', () => {
  it('writes one JSON object a line, with level, time and message', async () => {
    const { log, lines } = await logTo()
    log.warn({ event: 'worker-slow', waited_ms: 12, first: true }, 'the worker is slow')
    assert.equal(lines.length, 1)
    assert.ok(lines[0]?.endsWith('}\n'))
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    const time = String(line['time'])
    assert.equal(new Date(time).toISOString(), time)
    assert.deepEqual(line, {
      time,
      level: 'warn',
      event: 'worker-slow',
      waited_ms: 12,
      first: true,
      msg: 'the worker is slow',
    })
  })

  it('leaves out what is below its level, in both forms', async () => {
    for (const pretty of [true, false]) {
      const { log, lines } = await logTo({ pretty, level: 'warn' })
      log.debug({}, 'a')
      log.info({}, 'b')
      log.warn({}, 'c')
      log.error({}, 'd')
      assert.equal(lines.length, 2)
    }
  })

  it('replaces fields that are named like secrets, however they are spelt', async () => {
    const names = ['authorization', 'Auth_Token', 'code', 'body', 'message_text', 'password']
    const more = ['secret', 'api_key', 'apiKey', 'X-Twilio-Signature', 'message', 'cookie']
    for (const pretty of [true, false]) {
      const { log, lines } = await logTo({ pretty, level: 'debug' })
      for (const name of [...names, ...more]) log.debug({ [name]: 'canary-482913' }, 'x')
      assert.equal(lines.length, names.length + more.length)
      assert.doesNotMatch(lines.join(''), /canary|482913/)
    }
  })

  it('keeps the fields that only sound like secrets', async () => {
    const { log, lines } = await logTo()
    log.info({ error_code: 30003, messageId: 'm1' }, 'x')
    assert.match(lines[0] ?? '', /"error_code":30003,"messageId":"m1"/)
  })

  it('masks phone numbers in fields and in the message', async () => {
    const { log, lines } = await logTo()
    const url = 'http://x/?to=%2B14155552671&n=+14155552671'
    log.info({ to: '+14155552671', url }, 'sent to +14155552671')
    const line = lines.join('')
    assert.doesNotMatch(line, /4155552671/)
    assert.match(line, /"to":"\+1415\*{5}71"/)
    assert.match(line, /sent to \+1415\*{5}71/)
  })

  it('never opens an object that was slipped in past the types', async () => {
    const { log, lines } = await logTo()
    const slipped = { error: { config: { token: 'canary-1' } }, e: new Error('no answer') }
    log.error(slipped as never, 'x')
    assert.doesNotMatch(lines.join(''), /canary/)
    assert.match(lines.join(''), /Error: no answer/)
  })

  it('keeps a line one line, and a terminal unharmed', async () => {
    const evil = 'a\r\nlevel=error forged\u001b[2J\u2028\u202e\u009b\0\ud800'
    for (const pretty of [true, false]) {
      const { log, lines } = await logTo({ pretty })
      log.info({ detail: evil }, evil)
      assert.equal(lines.length, 1)
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(lines[0]?.slice(0, -1) ?? '', /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
      assert.ok(lines[0]?.isWellFormed())
    }
  })

  it('shows short lines with colours only where colours may be shown', async () => {
    const plain = await logTo({ pretty: true })
    plain.log.info({ event: 'sent', id: 'm1', none: undefined }, 'sent')
    assert.match(plain.lines[0] ?? '', /^\d\d:\d\d:\d\d info  sent id=m1\n$/)
    const colored = await logTo({ pretty: true, hasColors: true })
    colored.log.info({ event: 'sent', id: 'm1' }, 'sent')
    assert.ok(colored.lines[0]?.includes('\u001b[32minfo '))
  })
})

describe('cleanText', () => {
  it('leaves credentials out', () => {
    assert.equal(
      cleanText('sent Authorization: Basic QUM6dG9rZW4='),
      'sent Authorization: Basic [secret]',
    )
    assert.equal(cleanText(`used hsb_${'a'.repeat(43)} once`), 'used [secret] once')
    assert.equal(cleanText('proof eyJhbGciOi.eyJzdWIi.c2ln-_'), 'proof [secret]')
  })

  it('cuts what is too long', () => {
    assert.equal(cleanText('x'.repeat(100_000)).length, 2_000)
  })
})
