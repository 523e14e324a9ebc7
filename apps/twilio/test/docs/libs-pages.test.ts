import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createFolder } from '../cli/program.ts'
import { blocksOf, readDocument } from './markdown.ts'
import { checkTypes } from './type-check.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** What a reader has around the code, which goes on from block to block. */
const around = {
  'libs/twilio-sms': `
    declare const settings: Record<'accountSid' | 'authToken' | 'oldAuthToken' | 'messagingServiceSid', string>
    declare const orders: {
      markAccepted(id: number, sid: string): Promise<void>
      markInDoubt(id: number): Promise<void>
      update(id: number, sid: string, status: string): Promise<void>
    }
    declare const rawBody: string
    declare const request: { headers: Record<string, string> }
    export { valid }`,
  'libs/twilio-simulator': `
    declare const app: { fetch(request: Request): Promise<Response> }
    declare const program: { send(to: string, text: string): Promise<void> }`,
}

describe('the code of the libraries’ READMEs', () => {
  for (const [path, declared] of Object.entries(around)) {
    it(`has the right types: ${path}`, async (t) => {
      const folder = await createFolder(t)
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      const code = blocksOf(readDocument(`${path}/README.md`)).flatMap(({ language, text }) =>
        language === 'ts' ? [text] : [],
      )
      await writeFile(join(folder, 'readme.ts'), [...code, declared].join('\n'))
      await checkTypes(folder, '*.ts')
    })
  }
})
