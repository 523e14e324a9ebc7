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
/** With many writers an event may become visible after one with a higher id: so many are read again. */
const overlap = 200

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

      const follow: Follow = (after) => app.messages.follow(after)
      let { last } = await app.messages.follow()
      // What is there already is not news.
      const before = await followAll(last - overlap, follow)
      const seen = new Set(before.flatMap(({ id }) => (id <= last ? id : [])))
      tell('following what happens from now on; Ctrl-C ends it')
      while (!stop.signal.aborted) {
        const events = await followAll(last - overlap, follow)
        const fresh = events.filter(({ id }) => !seen.has(id))
        if (fresh.length > 0) rate.clear()
        for (const event of fresh) {
          seen.add(event.id)
          show(event)
        }
        last = Math.max(last, ...fresh.map(({ id }) => id))
        for (const id of seen) if (id < last - 2 * overlap) seen.delete(id)
        rate.draw(fresh.length)
        await delay(lookEveryMs, undefined, { signal: stop.signal }).catch(() => undefined)
      }
      rate.clear()
      return 0
    })
  },
})

type Follow = (after: number) => Promise<{ events: FollowedEvent[]; last: number }>

/** Everything after this event, however much it is. */
async function followAll(after: number, follow: Follow): Promise<FollowedEvent[]> {
  const events: FollowedEvent[] = []
  for (let at = Math.max(0, after); ;) {
    const page = await follow(at)
    if (page.events.length === 0) return events
    events.push(...page.events)
    at = page.last
  }
}

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
