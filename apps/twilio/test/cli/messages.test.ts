import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createDesk } from './desk.ts'
import { runProgram, startProgram } from './program.ts'

const people = [
  'to_phone,name,note',
  '+14155552671,Ann,1',
  `"'+14155552672","Bo, the ""second""",2`,
  '14155552673,Cy,3',
  '+14155552674,Di,4',
  '',
].join('\r\n')

/** A desk with a file of four people, one of whom has no phone. */
async function createOffice(t: TestContext) {
  const desk = await createDesk(t)
  const csv = join(desk.folder, 'people.csv')
  await writeFile(csv, people)
  const run = (...words: string[]) => runProgram(t, [...words, ...desk.args])
  const json = async (...words: string[]) => {
    const { stdout, stderr } = await run(...words, '--json')
    assert.ok(stdout, stderr)
    return JSON.parse(stdout) as Record<string, unknown>
  }
  return { ...desk, csv, run, json, send: ['send', '--csv', csv, '--template', 'Hi {name}!'] }
}

describe('hsb-twilio send --csv', () => {
  it('tries out, sends each row once however often it is run, and tells of each', async (t) => {
    const { run, json, send, csv } = await createOffice(t)
    const tried = await run(...send, '--dry-run')
    assert.deepEqual([tried.code, tried.stderr], [1, 'row 3: invalid-phone\n'])
    assert.match(tried.stdout, /^3 messages, 3 segments, 0 of them in Unicode\n1 rows would/)

    const sum = await json(...send)
    const results = `${csv}.results.csv`
    assert.deepEqual(sum, { rows: 4, accepted: 3, replayed: 0, refused: 1, results })
    const [header, ...rows] = (await readFile(results, 'utf8')).trimEnd().split('\r\n')
    assert.equal(header, 'row,to_phone,id,status,error')
    assert.match(rows[1] ?? '', /^2,"'\+14155552672",[0-9a-f-]{36},QUEUED,$/)
    assert.equal(rows[2], '3,14155552673,,refused,invalid-phone')

    const again = await run(...send)
    assert.deepEqual([again.code, again.stdout], [1, '0 accepted, 3 accepted before, 1 refused\n'])
    // In a pipe: a line for each tenth, and no control characters.
    assert.match(again.stderr, /4\/4 {2}✓ 3 {2}✗ 1 /)
    assert.ok(!again.stderr.includes('\u001b'))

    const list = await json('list', '--reveal')
    const texts = (list['messages'] as Record<string, unknown>[]).map((one) => one['message'])
    assert.deepEqual(texts, ['Hi Di!', 'Hi Bo, the "second"!', 'Hi Ann!'])
  })

  it('refuses what it cannot do before anybody is texted', async (t) => {
    const { run, csv } = await createOffice(t)
    for (const [words, code, message] of [
      [['--csv', csv, '--template', 'Hi {nmae}'], 2, /no column nmae/],
      [['--csv', csv, '--to', '+14155552671'], 2, /exclude each other/],
      [['--to', '+14155552671'], 2, /needs --to and --message/],
      [['--csv', `${csv}.none`], 1, /cannot be read: ENOENT/],
    ] as const) {
      const { code: actual, stderr } = await run('send', ...words)
      assert.match(stderr, message)
      assert.equal(actual, code)
    }
  })
})

describe('hsb-twilio list, status and export', () => {
  it('show what was sent, masked unless it is revealed', async (t) => {
    const { run, json, send, twilio } = await createOffice(t)
    await run(...send)
    twilio.behave({ kind: 'refuse', code: 21614, to: '+14155552675' })
    const refused = await json('send', '--to', '+14155552675', '--message', 'x')
    const id = String(refused['id'])

    const failed = await run('list', '--error', '21614', '--since', '1h', '--status', 'failed')
    assert.deepEqual([failed.code, failed.stdout.split('\n').length], [0, 2])
    assert.match(failed.stdout, new RegExp(`^${id}  .*  FAILED +\\+1415\\*{5}75 +21614 `))
    const page = await json('list', '--limit', '2')
    const more = await json('list', '--limit', '2', '--before', String(page['next']))
    const ids = [page, more].flatMap((one) => one['messages'] as { id: string }[])
    assert.equal(new Set(ids.map((one) => one.id)).size, 4)
    assert.doesNotMatch(JSON.stringify(page), /4155552|Hi Di/)
    assert.equal((await run('list', '--to', '+14155552699')).stderr, 'no such messages\n')

    const { stdout: status } = await run('status', id)
    assert.match(status, new RegExp(`^${id}  FAILED\n`))
    assert.match(status, /\n {2}To {8}\+1415\*{5}75\n/)
    assert.match(status, /\n {2}Error {5}21614 \w+/)
    assert.match(status, /\n +\+[\d.]+ m?s {2}FAILED +worker/)
    const known = await json('status', id, '--reveal')
    assert.partialDeepStrictEqual(known, { to_phone: '+14155552675', message: 'x' })
    assert.equal((known['events'] as unknown[]).length, 3)
    assert.equal((await run('status', 'nonsense')).code, 2)
    assert.equal((await run('status', id.replace(/^.{8}/, '00000000'))).code, 1)

    const csv = await run('export', '--status', 'FAILED')
    assert.match(csv.stdout, new RegExp(`^id,.*\r\n${id},.*,FAILED,"'\\+14155552675",.*\r\n$`))
    const lines = (await run('export', '--format', 'ndjson')).stdout.trimEnd().split('\n')
    const phones = lines.map((line) => (JSON.parse(line) as { to_phone: string }).to_phone)
    assert.deepEqual(phones.map((one) => one.slice(-1)).join(''), '5421')
    for (const wrong of [
      ['list', '--status', 'GONE'],
      ['list', '--since', 'yesterday'],
      ['list', '--to', '415'],
      ['export', '--format', 'xlsx'],
    ])
      assert.equal((await run(...wrong)).code, 2, wrong.join(' '))
  })
})

describe('hsb-twilio tail', () => {
  it('shows what happens from now on, and ends by Ctrl-C with 0', async (t) => {
    const { args, json } = await createOffice(t)
    const send = ['send', '--to', '+14155552671', '--message', 'x', '--wait', '0']
    await json(...send)
    const tail = startProgram(t, ['tail', '--json', ...args])
    await tail.line(/^following/)
    const { id } = await json(...send)
    const line = await tail.line(/"message_id"/)
    const shown = { message_id: id, to_phone: '+1415*****71', status: 'QUEUED', source: 'api' }
    assert.partialDeepStrictEqual(JSON.parse(line), shown)
    tail.kill('SIGINT')
    assert.deepEqual(await tail.exited, { code: 0, signal: null })
    assert.equal(tail.stdout().trimEnd().split('\n').length, 1, 'the first one was there before')
  })
})
