// A backend of somebody's: it is type-checked, and it runs.
import { createTwilioApp, defineConfig } from '@hsb/twilio'
import { createTwilioClient } from '@hsb/twilio/client'

const config = defineConfig({
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://shop.example.com/sms',
  database: ':memory:',
  worker: 'manual',
})
const sms = createTwilioApp(config)
await sms.start()
const { key } = await sms.apiKeys.create({ name: 'consumer', scopes: ['send', 'read'] })
const client = createTwilioClient({
  baseUrl: config.publicUrl,
  apiKey: key,
  fetch: (url, init) => sms.fetch(new Request(url, init)),
})
const sent = await client.messages.send({ toPhone: '+14155552671', message: 'Hello' })
const id: string | undefined = sent.kind === 'accepted' ? sent.message.id : undefined
const found = await client.messages.status(id ?? '')
// @ts-expect-error a message is known only once it is found
void found.message
console.log(sent.kind, found.kind === 'found' ? found.message.status : found.kind)
await sms.stop()
