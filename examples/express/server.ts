// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 answers for what they reject with
import { createTwilioApp } from '@hsb/twilio'
import express from 'express'
import config from './twilio.config.ts'

const sms = createTwilioApp(config)
const app = express()

// First: Twilio signs the bytes of its callbacks, and a parser would leave none to read. Everything
// below /sms is answered here (publicUrl says so), every other path goes on to the routes below.
app.use(sms.node)
app.use(express.json(), express.urlencoded())

// A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
app.post('/orders/:id/ship', async (request, response) => {
  const result = await sms.messages.send({
    toPhone: String(request.body.phone),
    message: `Your order ${request.params.id} is on its way.`,
    idempotencyKey: `ship-${request.params.id}`,
  })
  if (result.kind === 'accepted') response.status(202).json({ sms: result.message.id })
  else response.status(422).json({ error: result.kind })
})

// The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
app.post('/login', async (request, response) => {
  const proof = await sms.verifications.readProof(String(request.body.token))
  if (proof) response.json({ welcome: proof.toPhone })
  else response.status(401).json({ error: 'phone not verified' })
})

await sms.start()
const port = Number(process.env['PORT'] ?? 3000)
const server = app.listen(port, () => console.log(`http://localhost:${port}`))
process.once('SIGTERM', () => server.close(() => void sms.stop()))
