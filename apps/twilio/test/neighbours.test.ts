import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { neighboursContract } from './neighbours-contract.ts'

describe('processes on one SQLite file', () => {
  neighboursContract((t) => {
    const folder = mkdtempSync(join(tmpdir(), 'hsb-twilio-neighbours-'))
    t.after(() => rmSync(folder, { recursive: true }))
    return `file:${join(folder, 'sms.db')}`
  })
})
