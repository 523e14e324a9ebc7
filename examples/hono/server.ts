import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { createTwilioApp } from '@hsb/twilio'
import { Hono } from 'hono'
import config from './twilio.config.ts'

const sms = createTwilioApp(config)
const app = new Hono()

// Before whatever reads bodies. The address is needed for the limits on who starts verifications.
app.all('/sms/*', (c) => sms.fetch(c.req.raw, { clientAddress: getConnInfo(c).remote.address }))

// A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
app.post('/orders/:id/ship', async (c) => {
  const { phone } = await c.req.json<{ phone: string }>()
  const id = c.req.param('id')
  const result = await sms.messages.send({
    toPhone: phone,
    message: `Your order ${id} is on its way.`,
    idempotencyKey: `ship-${id}`,
  })
  if (result.kind === 'accepted') return c.json({ sms: result.message.id }, 202)
  return c.json({ error: result.kind }, 422)
})

// The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
app.post('/login', async (c) => {
  const { token } = await c.req.json<{ token: string }>()
  const proof = await sms.verifications.readProof(token)
  return proof ? c.json({ welcome: proof.toPhone }) : c.json({ error: 'phone not verified' }, 401)
})

await sms.start()
const port = Number(process.env['PORT'] ?? 3000)
const announce = () => console.log(`http://localhost:${port}`)
const server = serve({ fetch: app.fetch, port, overrideGlobalObjects: false }, announce)
process.once('SIGTERM', () => server.close(() => void sms.stop()))
