import { CommandLine, Empty, Time, go, hrefOf, route } from '@hsb/twilio-pages'
import type { Column } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { live, may, session, useLive } from './admin.ts'
import { download } from './export.ts'
import { MessageFilters, isNarrowed } from './message-filters.tsx'
import { MessagePanel } from './message-panel.tsx'
import { Party, StatusOf } from './message-words.tsx'
import { Listing } from './listing.tsx'
import { Action, NothingFits, Title } from './parts.tsx'
import { queryOf } from './place.ts'
import { Sending } from './sending.tsx'
import type { Row } from './wire.ts'
import { moneyOf, sendLine } from './words.ts'

/** What a list of messages can be narrowed by: the names of parameters, here and in the API. */
export const filters = 'status direction channel error sender q since until'.split(' ')
const size = 50

const columns: Column<Row>[] = [
  { head: 'Phone', cell: (row) => <Party row={row} /> },
  { head: 'Status', cell: (row) => <StatusOf row={row} /> },
  {
    head: 'Kind',
    cell: ({ is_verification: isCode, resend_of: old, channel }) =>
      [isCode && 'code', old && 'resent', channel !== 'sms' && channel].filter(Boolean).join(', '),
  },
  {
    head: 'Sender',
    as: 'number',
    cell: (row) => (row.direction === 'inbound' ? row.to_phone : row.from_phone),
  },
  { head: 'Parts', as: 'number', cell: ({ num_segments: parts }) => parts },
  {
    head: 'Price',
    as: 'number',
    cell: ({ price, price_unit: unit }) =>
      price !== null && unit !== null && moneyOf({ amount: price, unit }, 4),
  },
  { head: 'Created', as: 'number', cell: ({ created_at: at }) => <Time at={at} /> },
]

/** Every message, the newest first, as they come. */
export function Messages() {
  const [isSending, setSending] = useState(false)
  const data = useLive<{ messages: Row[]; next: string | null }>(
    `messages/?${queryOf(filters, size)}`,
  )
  const isFirst = !route.value.params.get('before')
  return (
    <>
      <Title name="Messages">
        {isFirst && <LiveSwitch />}
        {may('operator') && (
          <>
            <Action icon="in" name="Export" onClick={() => void download(filters)} />
            <Action icon="out" name="Send" onClick={() => setSending(true)} />
          </>
        )}
      </Title>
      <MessageFilters />
      <Listing
        name="messages"
        data={data}
        columns={columns}
        keyOf={({ id }) => id}
        nothing={(isMore) => <Nothing isMore={isMore} />}
        panel={(id) => <MessagePanel key={id} id={id} />}
      />
      {isSending && <Sending onClose={() => setSending(false)} />}
    </>
  )
}

function LiveSwitch() {
  const isPaused = live.paused.value
  return (
    <button
      type="button"
      class={`button small live ${isPaused ? 'quiet' : 'ok'}`}
      aria-pressed={!isPaused}
      title={isPaused ? 'New messages wait' : 'New messages come in by themselves'}
      onClick={() => (live.paused.value = !isPaused)}
    >
      {isPaused ? 'Paused' : 'Live'}
    </button>
  )
}

function Nothing({ isMore }: { isMore: boolean }) {
  const who = session.value
  if (isNarrowed()) return <NothingFits isMore={isMore} onClear={() => go(hrefOf(['messages']))} />
  return (
    <Empty title="No messages yet">
      <p>Let your program send one, or send it from a terminal:</p>
      {who && <CommandLine text={sendLine(who)} label="line that sends a message" />}
    </Empty>
  )
}
