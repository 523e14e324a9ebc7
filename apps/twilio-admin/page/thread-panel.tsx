import { Badge, Time, hrefOf } from '@hsb/twilio-pages'
import { useEffect, useRef, useState } from 'preact/hooks'
import { may, reveal, useLive } from './admin.ts'
import { Panel } from './panel.tsx'
import { Action, Loaded } from './parts.tsx'
import type { Row, Thread } from './wire.ts'

/** What was written to and by one phone. */
export function ThreadPanel({ id }: { id: string }) {
  const data = useLive<Thread>(`conversations/${encodeURIComponent(id)}/`)
  const thread = data.value
  const place = useRef<HTMLOListElement>(null)
  const newest = thread?.messages[0]?.id
  // The newest text is what one came for.
  useEffect(() => {
    const panel = place.current?.parentElement
    panel?.scrollTo({ top: panel.scrollHeight })
  }, [newest])
  return (
    <Panel label="Conversation" head={<h3 class="number">{thread?.phone ?? 'Conversation'}</h3>}>
      <Loaded data={data} label="conversation">
        {({ messages, opted_out: optOuts }) => (
          <>
            {optOuts.map(({ sender, reason, since }) => (
              <p key={sender} class="advice" role="note">
                Opted out of {sender === '' ? 'every sender' : sender} ({reason}) since{' '}
                {new Date(since).toLocaleDateString()}.
              </p>
            ))}
            <ol class="thread" ref={place}>
              {messages
                .toSorted((one, two) => (orderOf(one) < orderOf(two) ? -1 : 1))
                .map((row) => (
                  <Text key={row.id} row={row} />
                ))}
            </ol>
          </>
        )}
      </Loaded>
    </Panel>
  )
}

/** Ids grow with time, also within one millisecond. */
function orderOf({ created_at: at, id }: Row): string {
  return at + id
}

function Text({ row }: { row: Row }) {
  const [words, setWords] = useState<string>()
  const show = async () => {
    const answer = await reveal(row.id)
    if (answer) setWords(answer.message ?? 'The text is not kept any more.')
  }
  const covered = words === undefined ? ' covered' : ''
  return (
    <li class={row.direction}>
      <div class={`bubble ${row.direction === 'outbound' ? 'ours' : ''}${covered}`}>
        {words ?? <span>Text hidden</span>}
        {words === undefined && may('operator') && (
          <Action icon="eye" name="Reveal" onClick={() => void show()} />
        )}
      </div>
      <span class="bubble-foot">
        <a href={hrefOf(['messages', row.id])}>
          <Time at={row.created_at} />
        </a>
        {row.direction === 'outbound' && <Badge status={row.status} />}
      </span>
    </li>
  )
}
