import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { commandLineScript } from '../child-environment.ts'
import { createDesk } from '../cli/desk.ts'
import { blockOf, readDocument } from './markdown.ts'
import { runSession, stepsOf } from './session.ts'

const page = readDocument('docs/cli-messages.md')

describe('the sessions of docs/cli-messages.md', () => {
  it('print what they are said to print', async (t) => {
    const desk = await createDesk(t)
    desk.twilio.behave({ kind: 'refuse', code: 21614, to: '+14155552675' })
    await writeFile(join(desk.folder, 'people.csv'), blockOf(page, 'people'))
    const program = join(desk.folder, 'hsb-twilio')
    await writeFile(program, commandLineScript)
    await chmod(program, 0o700)
    const path = `${desk.folder}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`
    const steps = ['one', 'many'].flatMap((title) =>
      stepsOf(blockOf(page, title), { asPrinted: true }),
    )
    await runSession(steps, { given: {}, cwd: desk.folder, env: { PATH: path }, asPrinted: true })
  })
})
