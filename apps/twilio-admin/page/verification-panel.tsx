import { Badge, Time, clockOf, gapOf, hrefOf } from '@hsb/twilio-pages'
import type { Tone } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, may, useLive } from './admin.ts'
import { Ask } from './form.tsx'
import { StatusOf } from './message-words.tsx'
import { Moment } from './moment.tsx'
import { Panel } from './panel.tsx'
import { Action, Facts, Loaded } from './parts.tsx'
import type { Verification, VerificationDetail } from './wire.ts'
import { count, plain, secondsOf } from './words.ts'

const tones: Record<string, Tone> = {
  approved: 'ok',
  started: 'info',
  resent: 'info',
  failed: 'bad',
  expired: 'bad',
  canceled: 'warn',
}

/** One verification: what happened, without its code, and what holds it back. */
export function VerificationPanel({ id }: { id: string }) {
  const data = useLive<VerificationDetail>(`verifications/${encodeURIComponent(id)}/`)
  const verification = data.value?.verification
  return (
    <Panel
      label="Verification"
      head={
        <>
          <h3 class="number">{verification?.to_phone ?? 'Verification'}</h3>
          {verification && <Badge status={verification.status} />}
        </>
      }
    >
      <Loaded data={data} label="verification" lines={8}>
        {(detail) => <Detail detail={detail} />}
      </Loaded>
    </Panel>
  )
}

function Detail({
  detail: { verification, events, messages, limits },
}: {
  detail: VerificationDetail
}) {
  const [isAsking, ask] = useState(false)
  const id = encodeURIComponent(verification.id)
  const shut = limits.filter((limit) => limit.refuses_until !== null)
  return (
    <>
      <p>{storyOf(verification)}</p>
      {may('operator') && verification.status === 'pending' && (
        <div class="actions">
          <Action icon="close" name="Cancel" onClick={() => ask(true)} />
        </div>
      )}
      <h4>Timeline</h4>
      <ol class="timeline">
        {events.map(({ at, kind, detail }, index) => {
          const before = events[index - 1]
          return (
            <li key={index} class={tones[kind] ?? 'quiet'}>
              <b>{plain(kind)}</b>
              <span />
              <time dateTime={at} title={new Date(at).toLocaleString()}>
                {before ? gapOf(Date.parse(at) - Date.parse(before.at)) : clockOf(new Date(at))}
              </time>
              {detail && <p>{detail}</p>}
            </li>
          )
        })}
      </ol>
      {messages.length > 0 && <h4>Messages</h4>}
      <ul class="plain">
        {messages.map((row) => (
          <li key={row.id}>
            <a href={hrefOf(['messages', row.id])}>
              <StatusOf row={row} />
            </a>{' '}
            <Time at={row.created_at} />
          </li>
        ))}
      </ul>
      <h4>Limits</h4>
      {shut.length === 0 && <p class="soft">None holds this phone back.</p>}
      <Facts
        facts={shut.map(({ rule, refuses_until: until }) => [
          plain(rule),
          until !== null && (
            <>
              refuses until <Moment at={until} />
            </>
          ),
        ])}
      />
      <h4>Facts</h4>
      <Facts
        facts={[
          ['Purpose', plain(verification.purpose)],
          ['Channel', verification.channel],
          ['Codes by', plain(verification.backend)],
          ['Good until', <Moment at={verification.expires_at} />],
          ['Id', <code>{verification.id}</code>],
        ]}
      />
      {isAsking && (
        <Ask
          title="Cancel this verification?"
          verb="Cancel verification"
          isDanger
          onClose={() => ask(false)}
          onSend={() => act(`verifications/${id}/cancel/`, undefined, 'Canceled')}
        >
          <p>Its code stops working. The person can start another one.</p>
        </Ask>
      )}
    </>
  )
}

/** The way through the funnel in a sentence. */
function storyOf(verification: Verification): string {
  const { sends, attempts, status, created_at: from, ended_at: to } = verification
  const start = `${count(sends, 'code')} sent, ${count(attempts, 'check')}`
  if (to === null) return `${start}, not decided yet.`
  const took = secondsOf((Date.parse(to) - Date.parse(from)) / 1000)
  return `${start}, ${plain(status)} after ${took}.`
}
