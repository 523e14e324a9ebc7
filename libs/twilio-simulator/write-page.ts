import { writeFileSync } from 'node:fs'
import { buildPage } from '@hsb/twilio-pages/build'

// What is published has the page as finished texts: `#page` in package.json leads there.
const files = await buildPage(new URL('./page/', import.meta.url))
writeFileSync(
  new URL('./dist/page.js', import.meta.url),
  `const files = ${JSON.stringify(files)}\nexport async function readPage() {\n  return files\n}\n`,
)
