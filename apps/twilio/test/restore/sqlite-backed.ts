import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import type { Backed } from './restored.ts'

/** A file, copied as an operator would while a server uses it. */
export function createBackedFile(t: Pick<TestContext, 'after'>): Backed & { copy: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-restore-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'sms.db')
  const copy = join(folder, 'backup.db')
  return {
    database: `file:${file}`,
    copy,
    async backUp() {
      const source = new DatabaseSync(file)
      source.exec(`vacuum into '${copy}'`)
      source.close()
      return `file:${copy}`
    },
  }
}
