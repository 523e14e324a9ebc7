import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }
import { runProgram } from './program.ts'
import { someAtOnce } from '../some-at-once.ts'

const commands = [
  ['dev'],
  ['serve'],
  ['migrate'],
  ['send'],
  ['init'],
  ['doctor'],
  ['openapi'],
  ['secret'],
  ['simulate'],
  ['simulate', 'inbound'],
  ['simulate', 'fault'],
  ['verify', 'start'],
  ['verify', 'check'],
  ['keys', 'create'],
  ['keys', 'list'],
  ['keys', 'revoke'],
]

describe('hsb-twilio', () => {
  it('says its version', async (t) => {
    const run = await runProgram(t, ['--version'])
    assert.deepEqual(run, { code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('lists its commands', async (t) => {
    const { code, stdout } = await runProgram(t, ['--help'])
    assert.equal(code, 0)
    for (const [word] of commands) assert.match(stdout, new RegExp(`^ +${word} {4}`, 'm'))
  })

  it('shows two examples and --json for each command, without colours in a pipe', async (t) => {
    await Promise.all(
      commands.map(async (words) => {
        const { code, stdout, stderr } = await runProgram(t, [...words, '--help'])
        assert.deepEqual([code, stderr], [0, ''])
        const examples = stdout.slice(stdout.indexOf('EXAMPLES')).split('\n')
        const name = ['hsb-twilio', ...words].join(' ')
        assert.equal(examples.filter((line) => line.startsWith(`  ${name}`)).length, 2)
        assert.match(stdout, /--json/)
        assert.ok(!stdout.includes('\u001b'))
      }),
    )
  })

  const mistakes: [line: string, words: RegExp][] = [
    ['', /a command is missing/],
    ['sned', /no command 'sned'/],
    ['keys', /a command is missing/],
    ['keys destroy', /no command 'destroy'/],
    ['constructor', /no command 'constructor'/],
    ['--frobnicate', /no option '--frobnicate'/],
    ['dev --frobnicate', /Unknown option '--frobnicate'/],
    ['dev --port', /'--port <value>' argument missing/],
    ['dev --port 70000', /'--port' must be a number from 0 to 65535, not '70000'/],
    ['dev --port 1e3', /'--port' must be a number/],
    ['dev --port=', /'--port' is empty/],
    ['dev --json=yes', /'--json' does not take an argument/],
    ['dev --backend none', /'--backend' must be one of twilio-verify, own-codes/],
    ['dev --log-level loud', /'--log-level' must be one of debug, info, warn, error/],
    ['serve twilio.config.ts', /Unexpected argument 'twilio.config.ts'/],
    ['send --to +14155552671', /--message/],
    ['send --to +14155552671 --message x --wait soon', /'--wait' must be a number/],
    ['keys create --name shop', /--scopes/],
    ['keys create --name shop --scopes send,write', /'write' is no scope/],
    ['keys revoke', /ID/],
    ['init --host rails', /'--host' must be one of nest, next, fastify, express, hono, standalone/],
    ['secret --bytes 8', /'--bytes' must be a number from 32 to 256/],
    ['verify', /a command is missing/],
    ['verify start', /--to/],
    ['verify start --to +14155552671 --channel pigeon', /'--channel' must be one of sms, call/],
    ['verify check --id x', /--code/],
    ['simulate nothing', /no command 'nothing'/],
    ['simulate --account-sid AC1', /'--account-sid' must be AC and 32 hex digits/],
    ['simulate --inbound-url x', /'--inbound-url' must be an http\(s\) URL/],
    ['simulate fault {', /the behaviour is not JSON/],
    ['simulate fault {} --clear', /'--clear' goes without a behaviour/],
    ['simulate fault --url ftp://x', /'--url' must be an http\(s\) URL/],
  ]
  it('exits with 2 and a hint when it is called wrongly', async (t) => {
    const look = async ([line, words]: (typeof mistakes)[number]) => {
      const run = await runProgram(t, line.split(' ').filter(Boolean))
      assert.equal(run.code, 2, line)
      assert.equal(run.stdout, '')
      const [what = '', hint = '', ...rest] = run.stderr.split('\n')
      assert.match(what, /^hsb-twilio: /)
      assert.match(what, words)
      assert.match(hint, /^Try: hsb-twilio.* --help$/)
      assert.deepEqual(rest, [''])
    }
    // A few at once: each is a process of its own.
    await someAtOnce(mistakes, 6, look)
  })
})
