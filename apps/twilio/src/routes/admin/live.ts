import { z } from 'zod'
import type { Live, LiveChange } from '../../services/live.ts'
import { type Clock, noTimer } from '../../domain/time.ts'
import { toTime } from '../shapes.ts'
import { systemDocs } from './system-docs.ts'
import { defineAdmin } from './tools.ts'

/** Proxies close what is silent for longer. */
const beatMs = 15_000
/** Then the page comes again, and is asked anew who it is. */
const longestMs = 10 * 60_000
/** Who reads so much slower than things happen is cut off, and comes again. */
const mostWaiting = 100

/** Tells what happens just now. */
export const watchLive = defineAdmin({
  method: 'GET',
  path: '/admin/api/live/',
  summary: 'Follow what happens',
  docs: systemDocs.live,
  scope: 'look',
  request: {},
  answers: { 200: z.unknown().meta({ type: 'string' }) },
  problems: ['unavailable'],
  async handle(_, { live, clock }) {
    return {
      status: 200,
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
      body: streamOf(live, clock),
    }
  },
})

function streamOf(live: Live, clock: Clock): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let unwatch = noTimer
  let cancelBeat = noTimer
  let cancelEnd = noTimer
  function leave(): void {
    unwatch()
    cancelBeat()
    cancelEnd()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = () => {
          leave()
          controller.close()
        }
        const write = (text: string) => {
          if ((controller.desiredSize ?? 0) <= 0) return end()
          return controller.enqueue(encoder.encode(text))
        }
        const beatOn = () => {
          cancelBeat = clock.after(beatMs, () => {
            beatOn()
            write(': still here\n\n')
          })
        }
        write('retry: 2000\n\n')
        unwatch = live.watch({
          changed: (changes) => write(`${changes.map(wordsOf).join('')}event: queue\ndata: {}\n\n`),
          ended: end,
        })
        beatOn()
        cancelEnd = clock.after(longestMs, end)
      },
      cancel: leave,
    },
    { highWaterMark: mostWaiting },
  )
}

function wordsOf({ id, status, at }: LiveChange): string {
  return `event: message\ndata: ${JSON.stringify({ id, status, at: toTime(at) })}\n\n`
}
