import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSimulator } from '@hsb/twilio-simulator'
import { createFolder, writeConfig } from './program.ts'

/** A simulator in this process, and a config file of a program that uses it as its Twilio. */
export async function createDesk(t: TestContext) {
  const folder = await createFolder(t)
  const twilio = createSimulator()
  t.after(() => twilio.close())
  const { url } = await twilio.listen()
  const config = {
    twilio: {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      defaultFrom: '+15005550006',
      baseUrl: url,
    },
    publicUrl: 'http://sms.example.test',
    database: `file:${join(folder, 'sms.db')}`,
  }
  const file = await writeConfig(folder, config)
  return { folder, twilio, config, file, args: ['--config', file] }
}
