import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDesk } from './desk.ts'
import { runProgram, startProgram, until, writeConfig } from './program.ts'

const phone = '+14155552671'

describe('hsb-twilio migrate', () => {
  it('says what is missing, applies it once, and then has nothing to do', async (t) => {
    const { args } = await createDesk(t)
    const migrate = async (...more: string[]) => {
      const { code, stdout, stderr } = await runProgram(t, ['migrate', ...args, ...more])
      assert.deepEqual([code, stderr], [0, ''])
      return stdout
    }
    const before = JSON.parse(await migrate('--status', '--json')) as Record<string, string[]>
    assert.deepEqual(before['applied'], [])
    const [first] = before['pending'] ?? []
    assert.ok(first)
    assert.match(await migrate(), new RegExp(`^applied  ${first}$`, 'm'))
    assert.equal(await migrate(), 'up to date\n')
    assert.match(await migrate('--status'), new RegExp(`^applied  ${first}\\n`))
  })
})

describe('hsb-twilio migrate --after-restore', () => {
  it('looks up what waited, once, and not while a worker may be sending it', async (t) => {
    const { args, twilio } = await createDesk(t)
    const send = ['send', '--to', phone, '--message', 'Hello', '--wait', '0', ...args]
    assert.equal((await runProgram(t, send)).code, 0)
    const restored = ['migrate', '--after-restore', ...args]
    const first = await runProgram(t, [...restored, '--json'])
    assert.equal((JSON.parse(first.stdout) as Record<string, unknown>)['doubted'], 1)
    const again = await runProgram(t, restored)
    const words = 'up to date\n0 messages will be looked up at Twilio before they are sent\n'
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, words, ''])
    assert.equal(twilio.messages().length, 0)

    const worker = startProgram(t, ['serve', '--role', 'worker', '--port', '0', ...args])
    await worker.line(/"event":"ready"/)
    const refused = await runProgram(t, restored)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^hsb-twilio: 1 workers gave a sign of life within 15 s: /)
    const both = await runProgram(t, [...restored, '--status'])
    assert.deepEqual([both.code, both.stdout], [2, ''])
  })
})

describe('hsb-twilio keys', () => {
  it('shows a key once, lists it without it, and ends it', async (t) => {
    const { args } = await createDesk(t)
    const keys = (...words: string[]) => runProgram(t, ['keys', ...words, ...args])
    const made = await keys('create', '--name', 'shop', '--scopes', 'send, read', '--json')
    const { id, key, scopes } = JSON.parse(made.stdout) as Record<string, string>
    assert.match(String(key), /^hsb_[\w-]{43}$/)
    assert.deepEqual(scopes, ['send', 'read'])

    const list = async () =>
      JSON.parse((await keys('list', '--json')).stdout) as Record<string, unknown>[]
    assert.partialDeepStrictEqual(await list(), [{ id, name: 'shop', scopes, revoked_at: null }])
    assert.doesNotMatch(JSON.stringify(await list()), /hsb_|hash/i)
    assert.match((await keys('list')).stdout, new RegExp(`^${id}  active   .*  send,read  shop\n$`))

    assert.equal((await keys('revoke', String(id))).stdout, `revoked ${id}\n`)
    assert.match(String((await list())[0]?.['revoked_at']), /^20/)
    const again = await keys('revoke', String(id))
    assert.equal(again.code, 1)
    assert.match(again.stderr, /^hsb-twilio: there is no active key with the id .*\n$/)
  })
})

describe('hsb-twilio send', () => {
  it('sends a message and waits for the answer of Twilio', async (t) => {
    const { args, twilio } = await createDesk(t)
    const send = ['send', '--to', phone, '--message', 'Hello', ...args]
    const { code, stdout, stderr } = await runProgram(t, send)
    assert.deepEqual([code, stderr], [0, ''])
    assert.match(stdout, /^[0-9a-f-]{36} (ACCEPTED|SENT|DELIVERED)\n$/)
    assert.equal(twilio.messages()[0]?.body, 'Hello')
  })

  it('sends once for one key, and prints the message as the API does', async (t) => {
    const { args, twilio } = await createDesk(t)
    const words = ['--idempotency-key', 'order-17', '--json', ...args]
    const send = ['send', '--to', phone, '--message', 'Hello', ...words]
    const first = await runProgram(t, send)
    const second = await runProgram(t, send)
    const [one, two] = [first, second].map(
      ({ stdout }) => JSON.parse(stdout) as Record<string, string>,
    )
    assert.equal(one?.['id'], two?.['id'])
    assert.partialDeepStrictEqual(one, { to_phone: phone, message: 'Hello', status: 'ACCEPTED' })
    assert.equal(twilio.messages().length, 1)
  })

  it('leaves the message to the server with --wait 0', async (t) => {
    const { args, twilio } = await createDesk(t)
    const words = ['send', '--to', phone, '--message', 'Later', '--wait', '0', ...args]
    const { code, stdout, stderr } = await runProgram(t, words)
    assert.equal(code, 0)
    assert.match(stdout, / QUEUED\n$/)
    assert.match(stderr, /not answered yet/)
    assert.deepEqual(twilio.messages(), [])

    startProgram(t, ['serve', '--port', '0', ...args])
    await until(() => twilio.messages().length > 0)
    assert.equal(twilio.messages()[0]?.body, 'Later')
  })

  it('exits with 1 and names the problem when the message is refused', async (t) => {
    const { args, folder, config } = await createDesk(t)
    const send = (to: string) => runProgram(t, ['send', '--to', to, '--message', 'x', ...args])
    const invalid = await send('+1415')
    assert.deepEqual([invalid.code, invalid.stdout], [1, ''])
    assert.match(invalid.stderr, /^hsb-twilio: invalid-phone: .*to_phone must be E\.164.*\n$/)

    await writeConfig(folder, { ...config, messages: { countries: ['SE'] } })
    const abroad = await send(phone)
    assert.equal(abroad.code, 1)
    assert.match(abroad.stderr, /^hsb-twilio: destination-not-allowed: .* US\n$/)
  })

  it('exits with 1 when Twilio refuses it', async (t) => {
    const { args, twilio } = await createDesk(t)
    twilio.behave({ kind: 'refuse', code: 21614 })
    const { code, stdout } = await runProgram(t, ['send', '--to', phone, '--message', 'x', ...args])
    assert.equal(code, 1)
    assert.match(stdout, /^[0-9a-f-]{36} FAILED 21614\n$/)
  })
})
