import { writeFileSync } from 'node:fs'
import { apiPage } from './api-page.ts'
import { errorsPage } from './errors-page.ts'
import { settingsPage } from './settings-page.ts'

// The pages that are made from the code, checked in so that a change shows in review. To renew:
//   npx node --conditions=source apps/twilio/test/docs/pages/write.ts

/** Each page with what makes it. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/settings.md': () => settingsPage(),
  'docs/api.md': apiPage,
  'docs/troubleshooting.md': errorsPage,
}

if (import.meta.main) {
  for (const [path, make] of Object.entries(pages)) {
    writeFileSync(new URL(`../../../../../${path}`, import.meta.url), make())
  }
}
