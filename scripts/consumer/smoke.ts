// What is packed does what it is for: a text is delivered and a phone is verified, over HTTP, and
// the admin pages are there.
import { createTwilioApp } from '@hsb/twilio'
import { createTwilioClient } from '@hsb/twilio/client'
import { countSegments } from '@hsb/twilio-sms'
import { createSimulator } from '@hsb/twilio-simulator'

const phone = '+14155552671'
const simulator = createSimulator({ post: (callback) => sms.fetch(callback) })
const { accountSid, authToken } = simulator
const { url: baseUrl } = await simulator.listen()
const sms = createTwilioApp({
  twilio: { accountSid, authToken, defaultFrom: '+15005550006', baseUrl },
  publicUrl: 'https://shop.example.com/sms',
  database: 'file:./smoke.db',
  verification: { secrets: ['a secret of a test, long enough to be one'], countries: ['US'] },
  worker: 'manual',
})
await sms.start()
const { key: apiKey } = await sms.apiKeys.create({
  name: 'smoke',
  scopes: ['send', 'read', 'verify'],
})
const client = createTwilioClient({
  baseUrl: 'https://shop.example.com/sms',
  apiKey,
  fetch: (url, init) => sms.fetch(new Request(url, init)),
})

const sent = await client.messages.send({ toPhone: phone, message: 'Hello' })
await sms.runDue()
await simulator.clock.advance(5_000)
const found = await client.messages.status(sent.kind === 'accepted' ? sent.message.id : '')
const started = await client.verification.start({ toPhone: phone })
await sms.runDue()
const checked = await client.verification.check({
  verificationId: started.kind === 'started' ? started.verificationId : '',
  code: simulator.code(phone) ?? '',
})
console.log(found.kind === 'found' ? found.message.status : found.kind, checked.kind)
console.log(countSegments('Hello').segments)
for (const name of ['', 'app.js', 'app.css']) {
  const answer = await sms.fetch(new Request(`https://shop.example.com/sms/admin/${name}`))
  console.log(answer.status, (await answer.text()).length > 300)
}
await sms.stop()
await simulator.close()
