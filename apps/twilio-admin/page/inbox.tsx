import { CommandLine, Empty, Time, hrefOf, route, useData } from '@hsb/twilio-pages'
import type { Column } from '@hsb/twilio-pages'
import { api, session, useLive } from './admin.ts'
import { OptOuts } from './opt-outs.tsx'
import { Listing } from './listing.tsx'
import { Tabs, Title } from './parts.tsx'
import { queryOf } from './place.ts'
import { ThreadPanel } from './thread-panel.tsx'
import type { Conversation, Setup } from './wire.ts'

const columns: Column<Conversation>[] = [
  { head: 'Phone', cell: ({ phone }) => <span class="number">{phone}</span> },
  { head: 'Received', as: 'number', cell: ({ inbound }) => inbound },
  { head: 'Last', as: 'number', cell: ({ last_at: at }) => <Time at={at} /> },
]

/** What people write back, and who does not want to hear from us. */
export function Inbox() {
  const [, open] = route.value.path
  const isOptOuts = open === 'opt-outs'
  return (
    <>
      <Title name="Inbox">
        <Tabs
          label="Inbox"
          tabs={[
            { href: hrefOf(['inbox']), name: 'Conversations', isHere: !isOptOuts },
            { href: hrefOf(['inbox', 'opt-outs']), name: 'Opt-outs', isHere: isOptOuts },
          ]}
        />
      </Title>
      {isOptOuts ? <OptOuts /> : <Conversations />}
    </>
  )
}

function Conversations() {
  const data = useLive<{ conversations: Conversation[]; next: string | null }>(
    `conversations/?${queryOf([], 50)}`,
  )
  return (
    <Listing
      name="conversations"
      data={data}
      columns={columns}
      keyOf={({ key }) => key}
      nothing={() => <Nothing />}
      panel={(key) => <ThreadPanel key={key} id={key} />}
      shape="even"
    />
  )
}

function Nothing() {
  const { value } = useData<Setup>(api, 'settings/')
  const phones = session.value?.app.phones_url
  return (
    <Empty title="Nobody has written yet">
      <p>Replies arrive here once your number’s webhook for incoming messages leads to:</p>
      {value && <CommandLine text={value.webhook_urls.inbound} label="address for Twilio" />}
      {phones && (
        <p>
          Or write one from <a href={phones}>the phones</a>.
        </p>
      )}
    </Empty>
  )
}
