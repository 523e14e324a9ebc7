import { createInterface } from 'node:readline'
import { createTwilioApp, type TwilioApp } from '../../src/app.ts'

// One of several processes that send at the same time. Each line of stdin is a JSON of `Order`; the
// answer is a JSON of how many were accepted, how many segments these have, and how long it took.

/** What a line asks for. */
export interface Order {
  place: { url: string; schema: string }
  throttles: object
  /** Apps that share the work, each as if it were a process. */
  apps: number
  /** Sends at once, in so many rounds. */
  sends: number
  rounds: number
  toPhone: string
  /** Texts in their turn. */
  texts: string[]
}

const apps = new Map<string, TwilioApp[]>()

function appsOf({ place, throttles, apps: count }: Order): TwilioApp[] {
  const known = apps.get(place.schema) ?? []
  apps.set(place.schema, known)
  while (known.length < count) {
    known.push(
      createTwilioApp({
        twilio: {
          accountSid: `AC${'0'.repeat(32)}`,
          authToken: '0'.repeat(32),
          defaultFrom: '+15005550006',
        },
        publicUrl: 'https://sms.example.test',
        database: place,
        worker: 'manual',
        throttles,
      }),
    )
  }
  return known
}

async function carryOut(order: Order): Promise<object> {
  const senders = appsOf(order)
  const { toPhone, texts } = order
  const kinds: Record<string, number> = {}
  const accepted: Record<string, number> = {}
  const from = performance.now()
  for (let round = 0; round < order.rounds; round++) {
    const sends = Array.from({ length: order.sends }, async (_, i) => {
      const message = texts[i % texts.length] ?? ''
      const sent = await senders[i % senders.length]?.messages.send({ toPhone, message })
      const kind = sent?.kind ?? 'none'
      kinds[kind] = (kinds[kind] ?? 0) + 1
      if (kind === 'accepted') accepted[message] = (accepted[message] ?? 0) + 1
    })
    await Promise.all(sends)
  }
  return { kinds, accepted, ms: performance.now() - from }
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const result = await carryOut(JSON.parse(line) as Order)
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
for (const senders of apps.values()) for (const app of senders) await app.stop()
