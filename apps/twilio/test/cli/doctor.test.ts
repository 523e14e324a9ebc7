import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '../free-port.ts'
import { listening } from '../listening.ts'
import { createDesk } from './desk.ts'
import { runProgram, startProgram, writeConfig } from './program.ts'

interface Finding {
  check: string
  state: string
  words: string
  advice?: string
}

/** Runs the doctor, and answers what it found by the name of the check. */
async function examine(t: TestContext, args: string[]) {
  const { code, stdout, stderr } = await runProgram(t, ['doctor', '--json', ...args])
  const { problems, findings } = JSON.parse(stdout) as { problems: number; findings: Finding[] }
  assert.equal(stderr, '')
  assert.equal(code, problems === 0 ? 0 : 1)
  assert.equal(problems, findings.filter(({ state }) => state === 'bad').length)
  return { of: (check: string) => findings.find((one) => one.check === check), findings, problems }
}

/** A simulator, and settings that leave nothing to be wished for. */
async function createGoodDesk(t: TestContext) {
  const desk = await createDesk(t)
  const port = await freePort()
  const config = {
    ...desk.config,
    twilio: { ...desk.config.twilio, verifyServiceSid: desk.twilio.verifyServiceSid },
    publicUrl: `http://127.0.0.1:${port}/sms`,
    verification: { secrets: ['a secret of a test, long enough to be one'], countries: ['SE'] },
  }
  await writeConfig(desk.folder, config)
  /** What the doctor says of these settings with some of them changed. */
  const examineWith = async (name: string, changes: object) => {
    const file = join(desk.folder, `${name}.config.ts`)
    await writeFile(file, `export default ${JSON.stringify({ ...config, ...changes })}\n`)
    return examine(t, ['--config', file])
  }
  return { ...desk, config, port, examineWith }
}

/** Somebody else's server at the address. */
async function strangeServer(t: TestContext, answer: (url: string) => [number, string]) {
  const server = createServer((request, response) => {
    const [status, text] = answer(request.url ?? '')
    response.writeHead(status, status < 400 && status > 299 ? { location: text } : {}).end(text)
  })
  return `http://127.0.0.1:${await listening(t, server)}`
}

describe('hsb-twilio doctor', () => {
  it('finds nothing wrong where nothing is', async (t) => {
    const { args, port, twilio } = await createGoodDesk(t)
    const server = startProgram(t, ['serve', '--port', String(port), ...args])
    await server.line(/"event":"ready"/)
    const { code, stdout, stderr } = await runProgram(t, ['doctor', ...args])
    assert.deepEqual([code, stderr], [0, ''])
    const lines = stdout.trimEnd().split('\n')
    assert.equal(lines.pop(), 'no problems')
    assert.deepEqual(
      lines.map((line) => /^(\S) (\S+) +\S/.exec(line)?.slice(1).join(' ')),
      'settings node disk database twilio signature sender verify webhook'
        .split(' ')
        .map((check) => `✓ ${check}`),
    )
    assert.match(stdout, /SQLite, .*sms\.db, \d+ migrations applied$/m)
    assert.match(stdout, new RegExp(`account AC…${twilio.accountSid.slice(-4)} active$`, 'm'))
    assert.ok(!stdout.includes(twilio.accountSid) && !stdout.includes(twilio.authToken))
    assert.deepEqual(twilio.messages(), [], 'nothing was sent')
    // Not even a line about a refused callback.
    assert.doesNotMatch(server.stderr(), /callback/)
  })

  it('names every wrong setting, and goes no further', async (t) => {
    const { examineWith } = await createGoodDesk(t)
    const { findings } = await examineWith('wrong', { twilio: {}, publicUrl: 'x' })
    assert.ok(findings.every(({ check, state }) => check === 'settings' && state === 'bad'))
    assert.deepEqual(
      [...new Set(findings.map(({ words }) => words.split(':')[0]))],
      ['twilio.accountSid', 'twilio.authToken', 'publicUrl'],
    )
    const missing = await examine(t, ['--config', '/nowhere/twilio.config.ts'])
    assert.match(missing.of('settings')?.advice ?? '', /hsb-twilio init/)
  })

  it('tells what is wrong with account, sender and service', async (t) => {
    const { config, examineWith } = await createGoodDesk(t)
    const { twilio } = config
    const { verifyServiceSid: _, ...plain } = twilio
    const pool = `MG${'9'.repeat(32)}`
    const [stranger, alien, away, other] = await Promise.all([
      examineWith('stranger', { twilio: { ...twilio, authToken: '0'.repeat(32) } }),
      examineWith('alien', {
        twilio: { ...twilio, defaultFrom: '+46700000000', verifyServiceSid: `VA${'9'.repeat(32)}` },
      }),
      examineWith('away', { twilio: { ...twilio, baseUrl: 'http://127.0.0.1:9' } }),
      examineWith('other', {
        twilio: { ...plain, defaultFrom: 'Shop', messagingServiceSid: pool },
        verification: {},
      }),
    ])
    assert.match(stranger.of('twilio')?.words ?? '', /401, code 20003/)
    assert.equal(stranger.of('sender'), undefined)
    assert.match(alien.of('sender')?.words ?? '', /\+46700000000 is no number of this account/)
    assert.match(alien.of('verify')?.words ?? '', /there is none/)
    assert.match(away.of('twilio')?.words ?? '', /no usable answer/)
    assert.match(
      other.findings.find(({ words }) => words.includes('MG…9999'))?.words ?? '',
      /there is none/,
    )
    assert.ok(
      other.findings.some(({ state, words }) => state === 'warning' && words === 'Shop is a name'),
    )
  })

  it('knows the token that signs callbacks from one that only makes calls', async (t) => {
    const { config, examineWith, twilio: simulator } = await createGoodDesk(t)
    const [apiKey] = simulator.apiKeys
    const [accepted, wrongToken] = await Promise.all([
      examineWith('key', { twilio: { ...config.twilio, apiKey } }),
      examineWith('token', { twilio: { ...config.twilio, apiKey, authToken: '0'.repeat(32) } }),
    ])
    assert.equal(accepted.of('signature')?.state, 'good')
    assert.equal(wrongToken.of('twilio')?.state, 'good')
    assert.equal(wrongToken.of('signature')?.state, 'bad')
    assert.equal(wrongToken.of('sender')?.state, 'good')
  })

  it('knows what Twilio says of the account: its state, and the token that signs', async (t) => {
    const { config, examineWith } = await createGoodDesk(t)
    const primary = 'f'.repeat(32)
    const accountAs = (status: string) => {
      const account = { sid: config.twilio.accountSid, status, type: 'Trial', auth_token: primary }
      return strangeServer(t, (url) =>
        url.includes('.json?') ? [404, '{}'] : [200, JSON.stringify(account)],
      )
    }
    const [active, closed] = await Promise.all([accountAs('active'), accountAs('closed')])
    const look = async (name: string, more: object) =>
      examineWith(name, { twilio: { ...config.twilio, ...more } })
    const [unknown, rotated, ended] = await Promise.all([
      look('unknown', { baseUrl: active }),
      look('rotated', { baseUrl: active, otherAuthTokens: [primary] }),
      look('ended', { baseUrl: closed }),
    ])
    assert.match(unknown.of('twilio')?.words ?? '', /active, on trial$/)
    assert.equal(unknown.of('signature')?.state, 'bad')
    assert.match(unknown.of('signature')?.words ?? '', /that is not in the settings$/)
    assert.match(rotated.of('signature')?.words ?? '', /signed with twilio\.otherAuthTokens\[0\]$/)
    assert.match(ended.of('twilio')?.words ?? '', /is closed$/)
    assert.ok(!JSON.stringify([unknown, rotated, ended]).includes(primary))
  })

  it('tells what is wrong with the database', async (t) => {
    const { examineWith, config } = await createGoodDesk(t)
    await writeFile(`${config.database.slice(5)}x`, 'this is no database at all')
    const [none, folder, damaged, away] = await Promise.all([
      examineWith('none', {}),
      examineWith('folder', { database: 'file:/nowhere/sms.db' }),
      examineWith('damaged', { database: `${config.database}x` }),
      examineWith('away', { database: 'postgres://me@127.0.0.1:9/sms' }),
    ])
    assert.match(none.of('database')?.words ?? '', /is not there yet/)
    assert.equal(none.of('database')?.state, 'warning')
    assert.match(folder.of('disk')?.words ?? '', /does not exist/)
    assert.equal(damaged.of('database')?.state, 'bad')
    assert.equal(away.of('database')?.state, 'bad')
    assert.match(away.of('database')?.advice ?? '', /can be reached/)
  })
})

describe('hsb-twilio doctor, on the way from Twilio', () => {
  it('names redirects, strangers and silence, and the address that would do', async (t) => {
    const { examineWith, config } = await createGoodDesk(t)
    const live = (url: string): [number, string] | undefined =>
      url.endsWith('/livez') ? [200, '{"status":"ok"}'] : undefined
    const [moved, hookMoved, stranger, hookGone] = await Promise.all([
      strangeServer(t, (url) => [301, `https://www.shop.example.com${url}`]),
      strangeServer(t, (url) => live(url) ?? [308, url.slice(0, -1)]),
      strangeServer(t, () => [404, 'nothing here']),
      strangeServer(t, (url) => live(url) ?? [404, 'no such route']),
    ])
    const look = async (name: string, publicUrl: string) =>
      (await examineWith(name, { publicUrl })).of('webhook')
    const [one, two, three, four, five] = await Promise.all([
      look('one', `${moved}/sms`),
      look('two', `${hookMoved}/sms`),
      look('three', stranger),
      look('four', hookGone),
      look('five', config.publicUrl),
    ])
    assert.match(one?.words ?? '', /\/sms\/livez answered 301$/)
    assert.match(one?.advice ?? '', /set publicUrl to https:\/\/www\.shop\.example\.com\/sms$/)
    assert.match(two?.words ?? '', /\/sms\/webhooks\/sms\/twilio\/ answered 308$/)
    assert.match(two?.advice ?? '', /let it answer itself/)
    assert.match(three?.words ?? '', /answered 404, and not as this app does/)
    assert.match(four?.words ?? '', /twilio\/ answered 404$/)
    assert.match(five?.words ?? '', /does not answer \(ECONNREFUSED\)/)
    assert.ok([one, two, three, four, five].every((finding) => finding?.state === 'bad'))
  })

  it('knows addresses that Twilio cannot reach', async (t) => {
    const { examineWith, config } = await createGoodDesk(t)
    const { baseUrl: _, ...twilio } = config.twilio
    const found = await examineWith('real', {
      twilio: { ...twilio, connectTimeoutMs: 10, responseTimeoutMs: 10 },
      publicUrl: 'http://192.168.1.7:9',
    })
    assert.match(found.of('public-url')?.words ?? '', /Twilio cannot reach 192\.168\.1\.7/)
  })
})
