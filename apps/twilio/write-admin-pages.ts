import { writeFileSync } from 'node:fs'
import { adminFolder } from '@hsb/twilio-admin'
import { buildPage } from '@hsb/twilio-pages/build'

// What is published has the pages as finished texts: `#admin-pages` in package.json leads there.
const files = await buildPage(adminFolder)
writeFileSync(
  new URL('./dist/admin-pages.js', import.meta.url),
  `const files = ${JSON.stringify(files)}\nexport async function readAdminPages() {\n  return files\n}\n`,
)
