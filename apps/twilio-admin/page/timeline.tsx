import { clockOf, gapOf, toneOf } from '@hsb/twilio-pages'
import type { MessageDetail, MessageEvent } from './wire.ts'
import { plain, sentence } from './words.ts'

const sources: Record<string, string> = {
  api: 'API',
  worker: 'worker',
  callback: 'Twilio told us',
  poll: 'we asked Twilio',
  admin: 'by hand',
}

interface Step {
  at: string
  word: string
  source: string
  tone: string
  code?: number | null
  detail?: string | null
}

/**
 * What happened to a message, in order. What came twice, too late or with a wrong signature stands in
 * grey: nothing is left out.
 */
export function Timeline({
  events,
  refused,
}: {
  events: readonly MessageEvent[]
  refused: MessageDetail['refused_callbacks']
}) {
  const steps: Step[] = [
    ...events.map(({ at, status, source, applied, attempt, error_code: code, detail }) => {
      const from = sources[source] ?? source
      return {
        at,
        word: plain(status),
        source: `${from}${attempt !== null && attempt > 1 ? `, attempt ${attempt}` : ''}${applied ? '' : ', noted only'}`,
        tone: applied ? toneOf(status) : 'noted',
        code,
        detail,
      }
    }),
    ...refused.map(({ at, diagnosis }) => {
      const detail = diagnosis.map(sentence).join(' ')
      return { at, word: 'refused', source: 'callback, wrong signature', tone: 'noted', detail }
    }),
  ]
    .toSorted((one, two) => Date.parse(one.at) - Date.parse(two.at))
    // Twilio tries again, and is refused again: said once.
    .filter(
      ({ word, detail }, index, all) => word !== 'refused' || all[index - 1]?.detail !== detail,
    )
  return (
    <ol class="timeline">
      {steps.map(({ at, word, source, tone, code, detail }, index) => {
        const before = steps[index - 1]
        const time = new Date(at)
        return (
          <li key={index} class={tone}>
            <b>{word}</b>
            <span class="soft">{source}</span>
            <time
              dateTime={at}
              title={time.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' })}
            >
              {before ? gapOf(time.getTime() - Date.parse(before.at)) : clockOf(time)}
            </time>
            {(code || (detail && detail !== word)) && (
              <p>
                {code && <code>{code} </code>}
                {detail}
              </p>
            )}
          </li>
        )
      })}
    </ol>
  )
}
