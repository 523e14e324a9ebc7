import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { createTwilioApp } from '@hsb/twilio'
import config from './twilio.config.ts'

const sms = createTwilioApp(config)

// First: what is below /sms (publicUrl says so) is answered here, every other path goes on to the shop.
const server = createServer((request, response) =>
  sms.node(request, response, () => {
    shop(request, response).catch(() => answer(response, 500, { error: 'internal' }))
  }),
)

async function shop(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://shop')
  const [, orders, id, ship] = pathname.split('/')
  if (request.method === 'POST' && orders === 'orders' && ship === 'ship') {
    // A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
    const { phone } = (await json(request)) as { phone: string }
    const result = await sms.messages.send({
      toPhone: phone,
      message: `Your order ${id} is on its way.`,
      idempotencyKey: `ship-${id}`,
    })
    if (result.kind === 'accepted') answer(response, 202, { sms: result.message.id })
    else answer(response, 422, { error: result.kind })
  } else if (request.method === 'POST' && pathname === '/login') {
    // The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
    const { token } = (await json(request)) as { token: string }
    const proof = await sms.verifications.readProof(token)
    if (proof) answer(response, 200, { welcome: proof.toPhone })
    else answer(response, 401, { error: 'phone not verified' })
  } else {
    answer(response, 404, { error: 'no such page' })
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

await sms.start()
const port = Number(process.env['PORT'] ?? 3000)
server.listen(port, () => console.log(`http://localhost:${port}`))
process.once('SIGTERM', () => server.close(() => void sms.stop()))
