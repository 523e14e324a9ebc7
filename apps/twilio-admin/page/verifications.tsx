import { Badge, CommandLine, Empty, Time, go, hrefOf, route } from '@hsb/twilio-pages'
import type { Column } from '@hsb/twilio-pages'
import { session, useLive } from './admin.ts'
import { Listing } from './listing.tsx'
import { Chips, NothingFits, Search, Title } from './parts.tsx'
import { queryOf } from './place.ts'
import { VerificationPanel } from './verification-panel.tsx'
import type { Verification } from './wire.ts'
import { plain, publicAddress, quote } from './words.ts'

const statuses = ['pending', 'approved', 'expired', 'canceled']

const columns: Column<Verification>[] = [
  { head: 'Phone', cell: ({ to_phone: to }) => <span class="number">{to}</span> },
  { head: 'Status', cell: ({ status }) => <Badge status={status} /> },
  { head: 'Purpose', cell: ({ purpose }) => plain(purpose) },
  { head: 'Channel', cell: ({ channel }) => channel },
  { head: 'Sends', as: 'number', cell: ({ sends }) => sends },
  { head: 'Checks', as: 'number', cell: ({ attempts }) => attempts },
  { head: 'Started', as: 'number', cell: ({ created_at: at }) => <Time at={at} /> },
]

/** Who is proving a phone, and how that ends. */
export function Verifications() {
  const { params } = route.value
  const data = useLive<{ verifications: Verification[]; next: string | null }>(
    `verifications/?${queryOf(['status', 'q'], 50)}`,
  )
  const isNarrowed = params.has('status') || params.has('q')
  return (
    <>
      <Title name="Verifications" />
      <div class="filters">
        <div class="filter-line">
          <Search label="Phone or ID" />
          <Chips name="status" values={statuses} />
        </div>
      </div>
      <Listing
        name="verifications"
        data={data}
        columns={columns}
        keyOf={({ id }) => id}
        nothing={(isMore) =>
          isNarrowed ? (
            <NothingFits isMore={isMore} onClear={() => go(hrefOf(['verifications']))} />
          ) : (
            <Nothing />
          )
        }
        panel={(id) => <VerificationPanel key={id} id={id} />}
      />
    </>
  )
}

function Nothing() {
  const base = session.value?.app.public_url
  return (
    <Empty title="No verifications yet">
      <p>Start one from your program, or from a terminal:</p>
      {base !== undefined && (
        <CommandLine
          label="line that starts a verification"
          text={[
            `curl -X POST ${quote(publicAddress(base, 'api/sms/verify/start/'))}`,
            '-H "authorization: Bearer $HSB_TWILIO_KEY"',
            "-H 'content-type: application/json'",
            `-d '{"to_phone":"+14155552671"}'`,
          ].join(' \\\n  ')}
        />
      )}
    </Empty>
  )
}
