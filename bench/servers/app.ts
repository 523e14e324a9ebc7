// The app as `serve` runs it, without its worker: what is measured is accepting, not sending.
import { createServer } from 'node:http'
import { createTwilioApp } from '../../apps/twilio/src/index.ts'
import { benchAccount, benchPublicUrl, benchToken } from '../callback.ts'
import { report } from './report.ts'

const app = createTwilioApp({
  twilio: { accountSid: benchAccount, authToken: benchToken, defaultFrom: '+15005550006' },
  publicUrl: benchPublicUrl,
  database: `file:${process.argv[2] ?? ''}`,
  worker: 'manual',
})
await app.start()
const { key } = await app.apiKeys.create({ name: 'bench', scopes: ['send', 'read'] })
const server = createServer(app.node)
server.listen(0, '127.0.0.1', () => report(server.address(), { key }))
process.once('SIGINT', () => process.exit(0))
