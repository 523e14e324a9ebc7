import { Copy, hrefOf } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { may, reveal, useLive } from './admin.ts'
import { MessageActions } from './message-actions.tsx'
import { partyOf, StatusOf } from './message-words.tsx'
import { Moment } from './moment.tsx'
import { Panel } from './panel.tsx'
import { Action, Facts, Loaded } from './parts.tsx'
import { Timeline } from './timeline.tsx'
import type { MessageDetail, Revealed } from './wire.ts'
import { moneyOf, plain, sentence, unmarked } from './words.ts'

/** Everything that is known about one message. */
export function MessagePanel({ id }: { id: string }) {
  const data = useLive<MessageDetail>(`messages/${encodeURIComponent(id)}/`)
  const [revealed, setRevealed] = useState<Revealed>()
  const message = data.value?.message
  const party = message && partyOf({ ...message, ...phonesOf(revealed) })
  return (
    <Panel
      label="Message"
      head={
        <>
          <h3 class="number">{party ?? 'Message'}</h3>
          {message && <StatusOf row={message} />}
        </>
      }
    >
      <Loaded data={data} label="message" lines={10}>
        {(detail) => <Detail detail={detail} revealed={revealed} onReveal={setRevealed} />}
      </Loaded>
    </Panel>
  )
}

function Detail(props: {
  detail: MessageDetail
  revealed: Revealed | undefined
  onReveal: (revealed: Revealed | undefined) => void
}) {
  const { detail, revealed, onReveal } = props
  const { message, error, events } = detail
  return (
    <>
      {error && (
        <div class="advice" role="note">
          <b>
            <code>{error.code}</code> {error.meaning}
          </b>
          {error.advice && <p>{sentence(unmarked(error.advice))}</p>}
          {error.class && <p class="soft">Kind of error: {plain(error.class)}</p>}
        </div>
      )}
      <Words id={message.id} isIn={message.direction === 'inbound'} {...{ revealed, onReveal }} />
      <MessageActions detail={detail} revealed={revealed} onRedacted={() => onReveal(undefined)} />
      <h4>Timeline</h4>
      <Timeline events={events} refused={detail.refused_callbacks} />
      <h4>Facts</h4>
      <Facts facts={factsOf(detail, revealed)} />
    </>
  )
}

/** The text, hidden until somebody asks for it, which is written down. */
function Words(props: {
  id: string
  isIn: boolean
  revealed: Revealed | undefined
  onReveal: (revealed: Revealed) => void
}) {
  const { id, isIn, revealed, onReveal } = props
  const [isBusy, setBusy] = useState(false)
  const show = async () => {
    setBusy(true)
    const answer = await reveal(id)
    if (answer) onReveal(answer)
    setBusy(false)
  }
  if (revealed)
    return (
      <div class={isIn ? 'bubble' : 'bubble ours'}>
        {revealed.message ?? 'The text is not kept any more.'}
        {revealed.media_urls.map((url) => (
          <code key={url}>{url}</code>
        ))}
      </div>
    )
  return (
    <div class="bubble covered">
      <span>Text and numbers are hidden.</span>
      {may('operator') && (
        <Action icon="eye" name="Reveal" isBusy={isBusy} onClick={() => void show()} />
      )}
    </div>
  )
}

function factsOf(
  { message, resends }: MessageDetail,
  revealed: Revealed | undefined,
): Parameters<typeof Facts>[0]['facts'] {
  const phones = { ...message, ...phonesOf(revealed) }
  const { price, price_unit: unit } = message
  return [
    ['To', <span class="number">{phones.to_phone}</span>],
    ['From', phones.from_phone && <span class="number">{phones.from_phone}</span>],
    ['Channel', message.channel],
    ['Parts', message.num_segments],
    ['Price', price !== null && unit !== null ? moneyOf({ amount: price, unit }, 4) : undefined],
    ['Attempts', message.attempts],
    ['Created', <Moment at={message.created_at} />],
    ['To be sent', message.send_at && <Moment at={message.send_at} />],
    ['Worthless after', message.expires_at && <Moment at={message.expires_at} />],
    ['Twilio’s id', message.provider_msg_id && <Id id={message.provider_msg_id} />],
    ['Our id', <Id id={message.id} />],
    ['Sent again from', message.resend_of && <Link id={message.resend_of} />],
    ['Sent again as', resends.length > 0 && resends.map((id) => <Link key={id} id={id} />)],
    ...message.metadata_keys.map((key): [string, string] => [
      key,
      revealed?.metadata?.[key] ?? 'hidden',
    ]),
  ]
}

function Link({ id }: { id: string }) {
  return <a href={hrefOf(['messages', id])}>{id.slice(0, 18)}…</a>
}

function Id({ id }: { id: string }) {
  return (
    <>
      <code>{id}</code>
      <Copy text={id} label={id.slice(0, 13)} />
    </>
  )
}

function phonesOf(revealed: Revealed | undefined) {
  return revealed ? { to_phone: revealed.to_phone, from_phone: revealed.from_phone } : {}
}
