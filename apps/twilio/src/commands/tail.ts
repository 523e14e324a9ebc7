import { setTimeout as delay } from 'node:timers/promises'
import type { FollowedEvent } from '../services/messages.ts'
import { createCommand } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { revealArg } from './message-args.ts'
import { sparkline } from './progress.ts'
import { jsonArg } from './server-args.ts'
import { untilStopped } from './stop-signals.ts'
import { paint, print, printJson, tell } from './terminal.ts'

const lookEveryMs = 500
const seconds = 40

/** `hsb-twilio tail`: what happens to messages, as it happens. */
export const tailCommand = createCommand({
  name: 'hsb-twilio tail',
  summary: 'Show what happens to messages, as it happens; Ctrl-C ends it',
  args: { config: configArg, reveal: revealArg, json: jsonArg },
  examples: ['hsb-twilio tail', 'hsb-twilio tail --config twilio.config.ts --json'],
  run(args) {
    const stop = new AbortController()
    void untilStopped().then(() => stop.abort())
    return withDatabase(args.config, async (app) => {
      const words = await import('./message-words.ts')
      const { toSMSEvent } = await import('../routes/shapes.ts')
      const rate = createRateLine(process.stderr)
      const show = (event: FollowedEvent) => {
        const phone = words.phoneWord(event.toPhone, args.reveal)
        if (args.json) {
          const id = event.messageId ?? null
          printJson({ message_id: id, to_phone: phone || null, ...toSMSEvent(event) })
          return
        }
        const at = paint('quiet', new Date(event.createdAt).toISOString())
        const code = event.errorCode === undefined ? '' : words.errorWords(event.errorCode)
        const id = event.messageId ?? '-'
        const cells = [at, words.statusWord(event.status), phone.padEnd(16), id]
        print([...cells, code].join('  ').trimEnd())
      }

      // What is there already is not news.
      let { next } = await app.messages.follow()
      tell('following what happens from now on; Ctrl-C ends it')
      while (!stop.signal.aborted) {
        const found = await app.messages.follow(next)
        next = found.next
        if (found.events.length > 0) rate.clear()
        for (const event of found.events) show(event)
        rate.draw(found.events.length)
        // There may be more at once.
        if (found.events.length > 0) continue
        await delay(lookEveryMs, undefined, { signal: stop.signal }).catch(() => undefined)
      }
      rate.clear()
      return 0
    })
  },
})

/** A line below the events that says how many there were, second by second. Only on a terminal. */
function createRateLine(stream: NodeJS.WriteStream) {
  const counts: number[] = [0]
  let begun = performance.now()
  return {
    clear() {
      if (stream.isTTY) stream.write('\r\u001b[K')
    },
    draw(more: number) {
      counts[counts.length - 1] = (counts.at(-1) ?? 0) + more
      if (performance.now() - begun >= 1_000) {
        begun = performance.now()
        counts.push(0)
        if (counts.length > seconds) counts.shift()
      }
      if (!stream.isTTY) return
      const now = counts.at(-2) ?? 0
      stream.write(`\r\u001b[K${paint('quiet', `${sparkline(counts)} ${now} events/s`, stream)}`)
    },
  }
}
