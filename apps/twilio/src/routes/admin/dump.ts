import { writeFileSync } from 'node:fs'
import { readSettings } from '../../config.ts'
import { describeAdmin } from './document.ts'

// The description of the admin API, checked in so that a change of it shows in review. To renew:
//   npx node --conditions=source apps/twilio/src/routes/admin/dump.ts

/** The file that the dump is compared with. */
export const adminDump = new URL('../../../../../docs/openapi-admin.json', import.meta.url)

/** The document of an app with the least settings. */
export function dumpAdmin(): string {
  const settings = readSettings({
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
    publicUrl: 'https://shop.example.com/sms',
  })
  return `${JSON.stringify(describeAdmin(settings), null, 2)}\n`
}

if (import.meta.main) writeFileSync(adminDump, dumpAdmin())
