import { Badge, Empty, Time, hrefOf, toast } from '@hsb/twilio-pages'
import type { Tone } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { may, obtain, useLive } from './admin.ts'
import { Ask } from './form.tsx'
import { Party, StatusOf } from './message-words.tsx'
import { Action, Figure, Loaded, Title } from './parts.tsx'
import { Rows } from './rows.tsx'
import type { Queue, Row } from './wire.ts'
import { count, plain, secondsOf } from './words.ts'

// Of a circuit, `closed` is the good word: said of a way it would be the bad one.
const ways: Record<string, [word: string, tone: Tone, words: string]> = {
  closed: ['clear', 'ok', 'calls go through'],
  open: ['blocked', 'bad', 'calls wait until Twilio answers'],
}

/** What waits to be sent, who sends it, and what could not be sent. */
export function QueuePage() {
  const data = useLive<Queue>('queue/')
  return (
    <>
      <Title name="Queue" />
      <Loaded data={data} label="queue" lines={9}>
        {(queue) => (
          <div class="board">
            <Numbers queue={queue} />
            <Workers queue={queue} />
            <section class="card half">
              <h3>Rates</h3>
              <Rates queue={queue} />
            </section>
            <Dead dead={queue.dead} onDone={data.reload} />
          </div>
        )}
      </Loaded>
    </>
  )
}

function Numbers({ queue }: { queue: Queue }) {
  const { waiting, oldest_seconds: oldest, breaker, is_capped: isCapped } = queue
  const [word, tone, words] = ways[breaker.state] ?? ['on trial', 'warn', 'a few calls are made']
  const more = isCapped ? '+' : ''
  return (
    <dl class="figures">
      <Figure name="Waiting" value={written(waiting) + more}>
        {waiting === 0 ? 'nothing waits' : `the oldest for ${secondsOf(oldest)}`}
      </Figure>
      <Figure name="Sending" value={written(queue.sending)}>
        {queue.retrying} to be tried again
      </Figure>
      <Figure name="Scheduled" value={written(queue.scheduled) + more}>
        for later
      </Figure>
      <Figure
        name="In doubt"
        value={written(queue.in_doubt)}
        tone={queue.in_doubt > 0 ? 'warn' : ''}
      >
        Twilio is being asked
      </Figure>
      <Figure
        name="Given up"
        value={written(queue.dead_24h)}
        tone={queue.dead_24h > 0 ? 'bad' : ''}
      >
        in 24 hours
      </Figure>
      <Figure name="Way to Twilio" value={<Badge status={word} tone={tone} />}>
        {words}
      </Figure>
    </dl>
  )
}

function written(value: number): string {
  return value.toLocaleString()
}

function Workers({ queue: { workers } }: { queue: Queue }) {
  return (
    <section class="card half">
      <h3>Workers</h3>
      {workers.length === 0 && (
        <Empty title="No worker runs">
          <p>Nothing is sent until one does: start the server without --no-worker.</p>
        </Empty>
      )}
      {workers.length > 0 && (
        <Rows
          label="Workers"
          rows={workers}
          keyOf={({ id }) => id}
          columns={[
            ['Host', ({ host, pid }) => `${host} · ${pid}`],
            ['State', ({ state }) => <Badge status={state} tone={stateTone(state)} />],
            ['In flight', ({ in_flight: busy }) => busy],
            ['Heart-beat', ({ beat_at: at }) => <Time at={at} />],
            ['Started', ({ started_at: at }) => <Time at={at} />],
          ]}
        />
      )}
    </section>
  )
}

function stateTone(state: string): Tone {
  return state === 'alive' ? 'ok' : 'bad'
}

function Rates({ queue: { paces, rate_per_second: rate } }: { queue: Queue }) {
  return (
    <>
      <p class="figure-value">
        {Number(rate.toFixed(1)).toLocaleString()} <small>a second now</small>
      </p>
      {paces.length > 0 && (
        <Rows
          label="Rates"
          rows={paces}
          keyOf={({ sender }) => sender}
          columns={[
            ['Sender', ({ sender }) => <span class="number">{sender}</span>],
            ['At most', ({ per_second: most }) => `${most} a second`],
          ]}
        />
      )}
    </>
  )
}

interface Retried {
  resent: { id: string; new_id: string }[]
  refused: { id: string; problem: string }[]
}

function Dead({ dead, onDone }: { dead: readonly Row[]; onDone: () => Promise<void> }) {
  const [asked, ask] = useState<readonly Row[]>()
  const retry = async (rows: readonly Row[]) => {
    const answer = await obtain<Retried>('queue/retry/', { ids: rows.map(({ id }) => id) })
    if (typeof answer === 'string') return answer
    const { resent, refused } = answer
    const [first] = refused
    if (resent.length > 0) toast(`${count(resent.length, 'message')} sent again`)
    if (first) toast(`${count(refused.length, 'message')} refused: ${plain(first.problem)}`, 'bad')
    await onDone()
    return undefined
  }
  return (
    <section class="card whole">
      <div class="card-head">
        <h3>Dead letters</h3>
        {may('operator') && dead.length > 1 && (
          <Action icon="out" name={`Retry all ${dead.length}`} onClick={() => ask(dead)} />
        )}
      </div>
      {dead.length === 0 && (
        <p class="soft">Nothing was given up. What is, can be sent again here.</p>
      )}
      {dead.length > 0 && (
        <Rows
          label="Dead letters"
          rows={dead}
          keyOf={({ id }) => id}
          columns={[
            [
              'Phone',
              (row) => (
                <a href={hrefOf(['messages', row.id])}>
                  <Party row={row} />
                </a>
              ),
            ],
            ['Status', (row) => <StatusOf row={row} />],
            ['Ended', ({ updated_at: at }) => <Time at={at} />],
            ['', (row) => may('operator') && <Action name="Retry" onClick={() => ask([row])} />],
          ]}
        />
      )}
      {asked && (
        <Ask
          title={`Send ${count(asked.length, 'message')} again?`}
          verb="Send again"
          onClose={() => ask(undefined)}
          onSend={() => retry(asked)}
        >
          <p>Each becomes a new message with the same text to the same phone, and costs again.</p>
        </Ask>
      )}
    </section>
  )
}
