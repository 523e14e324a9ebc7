import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { testProgram } from '../test-program.ts'
import type { TwilioOptions } from './twilio-process.ts'

/** A text that Twilio has taken, from its own journal. */
export interface Accept {
  sid: string
  to: string
  body: string
  segments: number
  /** Wall clock, epoch milliseconds. */
  at: number
}

/** A simulated Twilio in a process of its own, which nobody kills. */
export interface CountingTwilio {
  url: string
  accountSid: string
  authToken: string
  accepts(): Promise<Accept[]>
  close(): Promise<void>
}

interface WireMessage {
  sid: string
  to: string
  body: string
  segments: number
  created_at: string
}

const program = testProgram(import.meta.dirname, 'twilio-process.ts')

/** Starts it. */
export async function startTwilio(options: TwilioOptions): Promise<CountingTwilio> {
  const child = spawn(process.execPath, [...program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  const place = JSON.parse(String(first.value)) as Record<
    'url' | 'accountSid' | 'authToken',
    string
  >
  return {
    ...place,
    async accepts() {
      const response = await fetch(`${place.url}/_simulator/messages`, {
        headers: { connection: 'close' },
      })
      const { messages } = (await response.json()) as { messages: WireMessage[] }
      return messages.map(({ sid, to, body, segments, created_at }) => {
        return { sid, to, body, segments, at: Date.parse(created_at) }
      })
    },
    async close() {
      const exit = once(child, 'close')
      child.stdin.end()
      await exit
    },
  }
}
