import { Icon, go, hrefOf, route } from '@hsb/twilio-pages'
import { Chips, Search } from './parts.tsx'
import { here } from './place.ts'

const statuses = [
  'SCHEDULED',
  'QUEUED',
  'SENDING',
  'SENT',
  'DELIVERED',
  'UNDELIVERED',
  'FAILED',
  'IN_DOUBT',
  'CANCELED',
  'EXPIRED',
  'RECEIVED',
]

/** Whether the list shows less than everything. */
export function isNarrowed(): boolean {
  return [...route.value.params.keys()].some((name) => name !== 'before')
}

/** What the list is narrowed by. All of it stands in the address. */
export function MessageFilters() {
  const { params } = route.value
  const error = params.get('error')
  const since = params.get('since')
  return (
    <div class="filters">
      <div class="filter-line">
        <Search label="Phone, text or ID" />
        <Choice
          name="direction"
          choices={[
            ['', 'In and out'],
            ['outbound', 'Outbound'],
            ['inbound', 'Inbound'],
          ]}
        />
        <Choice
          name="channel"
          choices={[
            ['', 'Any channel'],
            ['sms', 'SMS'],
            ['whatsapp', 'WhatsApp'],
            ['other', 'Other'],
          ]}
        />
        <Field name="sender" label="Sender" />
        <Field name="error" label="Error code" />
        <Day name="since" label="From" />
        <Day name="until" label="To" />
      </div>
      <div class="filter-line">
        <Chips name="status" values={statuses} />
        {error && (
          <button
            type="button"
            class="chip"
            aria-pressed="true"
            onClick={() => go(here({ error: undefined }))}
          >
            error {error} <Icon name="close" />
          </button>
        )}
        {since?.includes('T') && (
          <button
            type="button"
            class="chip"
            aria-pressed="true"
            onClick={() => go(here({ since: undefined, until: undefined }))}
          >
            {momentOf(since)} – {momentOf(params.get('until'))} <Icon name="close" />
          </button>
        )}
        {isNarrowed() && (
          <button
            type="button"
            class="button quiet small"
            onClick={() => go(hrefOf(route.value.path))}
          >
            Clear
          </button>
        )}
      </div>
    </div>
  )
}

/** A stretch of time that was picked in a chart; the fields know whole days only. */
function momentOf(at: string | null): string {
  return at === null
    ? ''
    : new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
}

function Choice({ name, choices }: { name: string; choices: [value: string, word: string][] }) {
  return (
    <select
      aria-label={name}
      value={route.value.params.get(name) ?? ''}
      onChange={(event) => go(here({ [name]: event.currentTarget.value }))}
    >
      {choices.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  )
}

function Field({ name, label }: { name: string; label: string }) {
  return (
    <input
      type="text"
      aria-label={label}
      placeholder={label}
      value={route.value.params.get(name) ?? ''}
      onChange={(event) => go(here({ [name]: event.currentTarget.value.trim() }))}
    />
  )
}

function Day({ name, label }: { name: string; label: string }) {
  return (
    <label class="day">
      {label}
      <input
        type="date"
        value={route.value.params.get(name)?.slice(0, 10) ?? ''}
        onChange={(event) => go(here({ [name]: event.currentTarget.value }))}
      />
    </label>
  )
}
