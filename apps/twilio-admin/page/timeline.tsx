import { clockOf, gapOf, toneOf } from '@hsb/twilio-pages'
import type { MessageEvent } from './wire.ts'
import { plain } from './words.ts'

const sources: Record<string, string> = {
  api: 'API',
  worker: 'worker',
  callback: 'Twilio told us',
  poll: 'we asked Twilio',
  admin: 'by hand',
}

/**
 * What happened to a message, in order. What came twice or too late stands in grey: nothing is left
 * out.
 */
export function Timeline({ events }: { events: readonly MessageEvent[] }) {
  return (
    <ol class="timeline">
      {events.map((event, index) => {
        const { at, status, source, applied, attempt, error_code: code, detail } = event
        const before = events[index - 1]
        const time = new Date(at)
        return (
          <li key={index} class={applied ? toneOf(status) : 'noted'}>
            <b>{plain(status)}</b>
            <span class="soft">
              {sources[source] ?? source}
              {attempt !== null && attempt > 1 && `, attempt ${attempt}`}
              {!applied && ', noted only'}
            </span>
            <time
              dateTime={at}
              title={time.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' })}
            >
              {before ? gapOf(time.getTime() - Date.parse(before.at)) : clockOf(time)}
            </time>
            {(code !== null || detail) && (
              <p>
                {code !== null && <code>{code} </code>}
                {detail}
              </p>
            )}
          </li>
        )
      })}
    </ol>
  )
}
