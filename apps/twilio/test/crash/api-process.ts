import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { flushCompileCache } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { createTwilioApp } from '../../src/app.ts'
import { apiScopes } from '../../src/domain/access.ts'

// An API with its worker, for tests that kill it: api-process.ts OPTIONS. It loads everything and then
// waits for a line on stdin, so that the next one is ready when the last one dies.

/** What the one who starts this process has to say. */
export interface ApiOptions {
  file: string
  port: number
  twilio: { url: string; accountSid: string; authToken: string }
  /** A mistake that the run has to find. */
  mutant?: Mutant | undefined
}

/** Cut-off attempts are sent again without asking, or given up without asking. */
export type Mutant = 'blind-resend' | 'give-up'

const mistakes: Record<Mutant, string> = {
  'blind-resend': `update sms_log set status = 'QUEUED', status_rank = 0, next_at = attempted_at
    where status_rank = 1`,
  'give-up': `update sms_log set status = 'FAILED', status_rank = 4, next_at = null
    where status_rank = 1`,
}

// What is handed over is typed where it is written.
const { file, port, twilio, mutant } = JSON.parse(process.argv[2] ?? '') as ApiOptions
// A killed process leaves no cache behind, unless it has written it before.
flushCompileCache()
await once(process.stdin, 'data')
// Whoever started us is gone.
process.stdin.on('end', () => process.exit(1))

const app = createTwilioApp({
  twilio: {
    accountSid: twilio.accountSid,
    authToken: twilio.authToken,
    defaultFrom: '+15005550006',
    baseUrl: twilio.url,
    connectTimeoutMs: 200,
    responseTimeoutMs: 700,
  },
  publicUrl: `http://127.0.0.1:${port}`,
  database: `file:${file}`,
  // As short as the settings allow: a cut-off attempt is doubted after one second, asked about after two.
  delivery: { leaseSeconds: 1, settleAfterSeconds: 1, pollAfterSeconds: [1], idlePollMs: 50 },
  authorize: () => ({ id: 'a caller', scopes: apiScopes }),
})
if (mutant !== undefined) {
  await app.migrate()
  const database = new DatabaseSync(file)
  database.exec(mistakes[mutant])
  database.close()
}
await app.start()
const server = createServer(app.node).listen(port, '127.0.0.1')
await once(server, 'listening')
// Not console: what is written is out, even if the next instruction is never reached.
writeSync(1, 'listening\n')
