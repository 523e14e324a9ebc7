import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { createTestApp, type TestApp } from './app.ts'

/**
 * An app on a disk of its own, small enough to be filled; what is written at first goes into a log that grows. Fails where
 * no disk can be mounted: a test that is left out would look like one that passed.
 */
async function createOnSmallDisk(t: TestContext): Promise<{ test: TestApp; filler: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    rmdirSync(folder)
    const missing = 'a full disk needs a tmpfs: run this as root with CAP_SYS_ADMIN'
    throw new Error(missing, { cause: error })
  }
  try {
    const test = await createTestApp(t, { config: { database: `file:${join(folder, 'sms.db')}` } })
    return { test, filler: join(folder, 'filler') }
  } finally {
    // After the app: it keeps its file open until it stops.
    t.after(() => {
      execFileSync('umount', [folder])
      rmdirSync(folder)
    })
  }
}

/** Leaves not one byte free. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (let size = 65_536; size > 0; size = Math.floor(size / 2)) {
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(size, 1))
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

const numberOf = (i: number) => `+1415555${2_000 + i}`
const send = (test: TestApp, i: number) =>
  test.request('POST', '/api/sms/send/', { to_phone: numberOf(i), message: `text ${i}` })

describe('a full disk', () => {
  it('sends nothing that cannot be recorded, answers 503, and goes on when there is space', async (t) => {
    const { test, filler } = await createOnSmallDisk(t)
    const ids: string[] = []
    for (let i = 0; i < 60; i++) {
      const sent = await send(test, i)
      assert.equal(sent.status, 202)
      ids.push(String(sent.body['id']))
    }
    fill(filler)
    const refused = await send(test, 900)
    assert.equal(refused.status, 503)
    assert.ok(refused.headers.get('retry-after'))
    for (let i = 0; i < 5; i++) {
      await assert.rejects(test.app.runDue(), /full/)
      await test.advance(10_000)
    }
    assert.equal(test.twilio.requests().length, 0, 'nobody was called')
    assert.equal((await test.request('GET', `/api/sms/${ids[0]}/status/`)).body['status'], 'QUEUED')

    rmSync(filler)
    await test.app.runDue()
    await test.advance(60_000)
    assert.equal(test.twilio.messages().length, 60)
    const texts = new Set(test.twilio.messages().map((one) => one.body))
    assert.equal(texts.size, 60, 'none is lost, none doubled')
    for (const id of ids) {
      assert.equal((await test.app.messages.get(id))?.message.status, 'DELIVERED')
    }
  })

  it('leaves in doubt at most the calls that were under way', async (t) => {
    const { test, filler } = await createOnSmallDisk(t)
    test.twilio.behave({ kind: 'slow', after: 'accepting', ms: 1_000, times: 'always' })
    for (let i = 0; i < 50; i++) assert.equal((await send(test, i)).status, 202)
    const running = test.app.runDue()
    running.catch(() => undefined)
    let calls = 0
    await test.twilio.waitFor((one) => one.method === 'POST' && ++calls === 8)
    fill(filler)
    await test.advance(1_000)
    await running.catch(() => undefined)
    assert.equal(test.twilio.messages().length, 8)
    test.twilio.clearBehaviours()
    rmSync(filler)
    for (let i = 0; i < 30; i++) {
      await test.app.runDue()
      await test.advance(10_000)
    }
    assert.equal(test.twilio.messages().length, 50)
    assert.equal(new Set(test.twilio.messages().map((one) => one.body)).size, 50)
  })
})
