import type { AdminFiles } from './files.ts'

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>hsb-twilio</title>
  </head>
  <body>
    <p>The admin pages are not part of this build. What they read is below <code>api/</code>.</p>
  </body>
</html>
`

const files = { 'index.html': { type: 'text/html; charset=utf-8', body: html } }

/** Stands where the admin pages are not built. */
export const placeholderFiles: AdminFiles = async () => files
