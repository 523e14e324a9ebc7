import { createTwilioApp } from '@hsb/twilio'
import Fastify from 'fastify'
import config from './twilio.config.ts'

const sms = createTwilioApp(config)
const app = Fastify()

// Everything of ours below /sms (publicUrl says so) is answered here, before a body is parsed. Fastify's
// parsers stay as they are, and what is not ours ends in your own not-found handler.
app.register(sms.fastify)

// A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
app.post<{ Params: { id: string }; Body: { phone: string } }>(
  '/orders/:id/ship',
  async (request, reply) => {
    const { id } = request.params
    const result = await sms.messages.send({
      toPhone: request.body.phone,
      message: `Your order ${id} is on its way.`,
      idempotencyKey: `ship-${id}`,
    })
    if (result.kind === 'accepted') return reply.code(202).send({ sms: result.message.id })
    return reply.code(422).send({ error: result.kind })
  },
)

// The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
app.post<{ Body: { token: string } }>('/login', async (request, reply) => {
  const proof = await sms.verifications.readProof(request.body.token)
  return proof ? { welcome: proof.toPhone } : reply.code(401).send({ error: 'phone not verified' })
})

await sms.start()
const port = Number(process.env['PORT'] ?? 3000)
console.log(await app.listen({ port, host: '::' }))
process.once('SIGTERM', () => void app.close().then(() => sms.stop()))
