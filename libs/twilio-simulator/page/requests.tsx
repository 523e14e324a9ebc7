import {
  clockOf,
  Copy,
  Empty,
  go,
  hrefOf,
  Icon,
  Problem,
  route,
  Skeleton,
  Table,
} from '@hsb/twilio-pages'
import type { Column, Data } from '@hsb/twilio-pages'
import { curlOf } from './curl.ts'
import type { Entry, Settings } from './wire.ts'

const columns: Column<Entry>[] = [
  { head: 'Time', as: 'number', cell: ({ time }) => clockOf(new Date(time)) },
  { head: 'Request', as: 'wide', cell: (entry) => <Name entry={entry} /> },
  { head: 'Answer', as: 'number', cell: (entry) => <Status entry={entry} /> },
  { head: 'Took', as: 'number', cell: ({ duration_ms: ms }) => (ms === null ? '…' : `${ms} ms`) },
]

/** Calls to Twilio's API and callbacks from it, the newest first. */
export function RequestsCard(props: {
  requests: Data<{ requests: Entry[] }>
  settings: Settings | undefined
  /** Undefined when there are no older ones. */
  onOlder: (() => void) | undefined
}) {
  const { settings, onOlder } = props
  const { value, problem, reload } = props.requests
  const entries = value?.requests.toReversed()
  return (
    <section class="card requests" aria-labelledby="requests-head">
      <h2 id="requests-head">Requests</h2>
      {problem && !value && <Problem message={problem} onRetry={() => void reload()} />}
      {!entries && !problem && <Skeleton lines={4} label="Loading requests" />}
      {entries?.length === 0 && (
        <Empty title="No requests yet">
          <p>Calls of the API and callbacks are listed here as they happen.</p>
        </Empty>
      )}
      {entries && entries.length > 0 && (
        <Table
          label="Requests"
          columns={columns}
          rows={entries}
          keyOf={({ id }) => String(id)}
          open={route.value.params.get('request') ?? undefined}
          onOpen={({ id }) => show(String(id))}
          onClose={() => show(undefined)}
          detail={(entry) => <Detail entry={entry} settings={settings} />}
        />
      )}
      {onOlder && (
        <button type="button" class="button quiet small" onClick={onOlder}>
          Show older ones
        </button>
      )}
    </section>
  )
}

function show(id: string | undefined): void {
  go(hrefOf(route.value.path, { request: id }), 'replace')
}

function Name({ entry }: { entry: Entry }) {
  const { kind, method, path, form } = entry
  const what = kind === 'api' ? shortPath(path) : path
  const about = kind === 'api' ? form['To']?.[0] : entry.message_status
  return (
    <span class="request-name">
      <Icon name={kind === 'api' ? 'in' : 'out'} />
      <span class="hidden-text">{kind === 'api' ? 'to Twilio' : 'from Twilio'}</span>
      <code>
        {method} {what}
      </code>
      {about && <span class="about">{about}</span>}
    </span>
  )
}

function Status({ entry }: { entry: Entry }) {
  const { status, duration_ms: ms } = entry
  const tone = status === null ? (ms === null ? 'quiet' : 'bad') : status < 400 ? 'ok' : 'bad'
  return <span class={`answer ${tone}`}>{status ?? (ms === null ? '…' : 'none')}</span>
}

function Detail({ entry, settings }: { entry: Entry; settings: Settings | undefined }) {
  const { form, signature, attempt, answer, error } = entry
  return (
    <div class="request-detail">
      <dl>
        {entry.url && <Fact name="URL" value={entry.url} />}
        {Object.entries(form).map(([name, values]) => (
          <Fact key={name} name={name} value={values.join(', ') || '–'} />
        ))}
        {signature && <Fact name="X-Twilio-Signature" value={signature} />}
        {attempt !== undefined && attempt > 1 && <Fact name="Attempt" value={String(attempt)} />}
        {error && <Fact name="Error" value={error} />}
      </dl>
      {answer ? (
        <pre class="answer-body">{answer}</pre>
      ) : (
        <p class="note">The answer has no body.</p>
      )}
      {settings && (
        <Copy text={curlOf(entry, settings)} label="request as curl" class="button small">
          Copy as curl
        </Copy>
      )}
    </div>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** Without what is the same in every path. */
function shortPath(path: string): string {
  return path
    .replace(/^\/2010-04-01\/Accounts\/[^/]+\//, '')
    .replace(/^\/v2\/(Services\/[^/]+\/)?/, '')
}
