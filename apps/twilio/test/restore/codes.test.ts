import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { createTestApp } from '../app.ts'
import { createBackedFile } from './sqlite-backed.ts'

const phone = '+14155552671'
const minute = 60_000

describe('a code that waited when the backup was made', () => {
  for (const [words, waitMs, status] of [
    ['is not sent when it has expired', 11 * minute, 'EXPIRED'],
    ['is not sent again when nobody knows whether it was', 0, 'FAILED'],
  ] as const) {
    it(words, async (t) => {
      const backed = createBackedFile(t)
      const verification = {
        backend: 'own-codes' as const,
        secrets: ['a secret of a test, long enough to be one'],
        countries: 'all' as const,
      }
      const config = { database: backed.database, verification }
      const before = await createTestApp(t, { config })
      assert.equal((await before.app.verifications.start({ toPhone: phone })).kind, 'started')
      const copy = await backed.backUp()
      await before.stop()
      const after = await createTestApp(t, { config: { ...config, database: copy } })
      await after.advance(waitMs)
      assert.deepEqual(await after.app.afterRestore(), { kind: 'doubted', messages: 1 })
      for (let i = 0; i < 30; i++) {
        await after.app.runDue()
        await after.advance(5_000)
      }
      assert.deepEqual(after.twilio.messages(), [])
      const file = new DatabaseSync(backed.copy, { readOnly: true })
      const row = file.prepare('select status from sms_log').get()
      file.close()
      assert.equal(row?.['status'], status)
    })
  }
})
