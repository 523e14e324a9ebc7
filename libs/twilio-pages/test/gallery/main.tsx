import { render } from 'preact'
import { useState } from 'preact/hooks'
import {
  agoOf,
  Badge,
  Chart,
  createApi,
  gapOf,
  go,
  Head,
  hrefOf,
  livePoll,
  Pager,
  Problem,
  route,
  Skeleton,
  Table,
  Time,
  toast,
  Toasts,
  useData,
  useKeys,
} from '../../src/index.ts'

// Every part once, as a page with lists would use it.
interface Row {
  id: string
  phone: string
  status: string
}
const statuses = ['delivered', 'UNDELIVERED', 'sent', 'IN_DOUBT', 'queued']
const all: Row[] = Array.from({ length: 60 }, (_, index) => ({
  id: `m${index}`,
  phone: `+1415555${1000 + index}`,
  status: statuses[index % statuses.length] ?? '',
}))
const api = createApi('./')
const live = livePoll(50)
const size = 25

function Gallery() {
  const { path, params } = route.value
  const [first, setFirst] = useState(0)
  const [helped, help] = useState(0)
  const { value, problem, reload } = useData<{ count: number }>(api, 'count.json', { live })
  const wanted = params.get('q') ?? ''
  const found = all.filter(({ phone }) => phone.includes(wanted))
  const rows = found.slice(first, first + size)
  useKeys({ '?': () => help(helped + 1) })
  const labels = ['Mon', 'Tue', 'Wed']
  const series = [
    { name: 'delivered', tone: 'ok', values: [5, 7, 6] },
    { name: 'failed', tone: 'bad', values: [1, 0, 2] },
  ] as const
  return (
    <>
      <Head name="Parts" place="test" links={[{ href: '#/', name: 'Messages', isHere: true }]} />
      <main id="main" tabIndex={-1}>
        <input
          type="search"
          aria-label="Search"
          onInput={(event) => go(hrefOf(path, { q: event.currentTarget.value }), 'typing')}
        />
        <section class="card">
          <h2>Messages</h2>
          <Table
            label="Messages"
            rows={rows}
            keyOf={({ id }) => id}
            open={path[0]}
            onOpen={({ id }) => go(hrefOf([id]))}
            onClose={() => go(hrefOf([]))}
            columns={[
              { head: 'To', cell: ({ phone }) => phone, as: 'number' },
              { head: 'Status', cell: ({ status }) => <Badge status={status} />, as: 'wide' },
            ]}
          />
          <Pager
            from={first + 1}
            to={first + rows.length}
            total={found.length}
            onPrevious={first > 0 ? () => setFirst(first - size) : undefined}
            onNext={first + size < found.length ? () => setFirst(first + size) : undefined}
          />
        </section>
        <section class="card">
          <h2>Charts</h2>
          <Chart as="bars" title="Delivery" summary="18 of 21 delivered" {...{ labels, series }} />
          <Chart as="lines" title="Trend" summary="Even" {...{ labels, series }} />
        </section>
        <p id="helped">helped {helped}</p>
        <p id="count">count {value?.count}</p>
        {problem && <Problem message={problem} onRetry={() => void reload()} />}
        <p id="words">
          {[3, 59, 61, 7300, 200_000, -300]
            .map((seconds) => agoOf(new Date(1e12 - seconds * 1000), new Date(1e12)))
            .join()}
          ;{[667, 1100, 180_000].map(gapOf).join()}
        </p>
        <Time at="2026-01-01T12:00:00Z" />
        <Skeleton />
        <button type="button" class="button" onClick={() => toast('Done')}>
          Do it
        </button>
        <button
          type="button"
          class="button"
          onClick={() => (live.paused.value = !live.paused.value)}
        >
          {live.paused.value ? 'Paused' : 'Live'}
        </button>
      </main>
      <Toasts />
    </>
  )
}

const place = document.querySelector('#app')
if (place) render(<Gallery />, place)
