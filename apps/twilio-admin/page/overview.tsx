import { Chart, CommandLine, Empty, go, hrefOf, route } from '@hsb/twilio-pages'
import { session, useLive } from './admin.ts'
import { ErrorsCard } from './errors-card.tsx'
import { Funnel } from './funnel.tsx'
import { Figure, Loaded, Tabs, Title } from './parts.tsx'
import { here } from './place.ts'
import type { Bucket, Overview as Figures, Totals } from './wire.ts'
import { moneyOf, secondsOf, sendLine, shareOf } from './words.ts'

const ranges = { '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const
type Range = keyof typeof ranges

/** How it goes: the figures of a period against the one before it. */
export function Overview() {
  const asked = route.value.params.get('range')
  const range: Range = asked === '7d' || asked === '30d' ? asked : '24h'
  const data = useLive<Figures>(`overview/?range=${range}`)
  return (
    <>
      <Title name="Overview">
        <Tabs
          label="Period"
          tabs={Object.entries(ranges).map(([key, name]) => {
            return { href: here({ range: key }, ['overview']), name, isHere: key === range }
          })}
        />
      </Title>
      <Loaded data={data} label="figures" lines={9}>
        {(value) => <Board figures={value} range={range} />}
      </Loaded>
    </>
  )
}

function Board({ figures, range }: { figures: Figures; range: Range }) {
  const { totals, previous, buckets, errors, verification } = figures
  const labels = buckets.map(({ at }) => labelOf(at, range))
  const column = (name: keyof Totals & keyof Bucket) =>
    buckets.map((bucket) => (typeof bucket[name] === 'number' ? bucket[name] : null))
  const currency = totals.cost[0]?.unit ?? 'USD'
  const costs = buckets.map(({ cost }) =>
    Math.abs(Number(cost.find(({ unit }) => unit === currency)?.amount ?? 0)),
  )
  const delivered = shareOf(totals.delivered, totals.sent)
  if (totals.sent === 0 && previous.sent === 0) return <Nothing />
  return (
    <div class="board">
      <Cards totals={totals} previous={previous} />
      <section class="card half">
        <h3>Delivery</h3>
        <Chart
          as="bars"
          title="Delivery"
          summary={`${delivered} of ${totals.sent} messages were delivered`}
          labels={labels}
          series={[
            { name: 'delivered', tone: 'ok', values: column('delivered') },
            { name: 'undelivered', tone: 'warn', values: column('undelivered') },
            { name: 'failed', tone: 'bad', values: column('failed') },
            { name: 'in doubt', tone: 'quiet', values: column('in_doubt') },
          ]}
          onPick={(index) =>
            go(
              hrefOf(['messages'], {
                since: buckets[index]?.at,
                until: buckets[index + 1]?.at ?? figures.to,
              }),
            )
          }
        />
      </section>
      <section class="card half">
        <h3>Time to delivery</h3>
        <Chart
          as="lines"
          title="Time to delivery"
          summary={`half within ${secondsOf(totals.delivery_median_s)}, 95 of 100 within ${secondsOf(totals.delivery_p95_s)}`}
          labels={labels}
          format={secondsOf}
          series={[
            { name: 'median', tone: 'info', values: column('delivery_median_s') },
            { name: '95th percentile', tone: 'warn', values: column('delivery_p95_s') },
          ]}
        />
      </section>
      <section class="card half">
        <h3>Cost</h3>
        <Chart
          as="bars"
          title="Cost"
          summary={totals.cost.map((one) => moneyOf(one)).join(' and ') || 'No price is known yet'}
          labels={labels}
          format={(value) => moneyOf({ unit: currency, amount: String(value) })}
          series={[{ name: currency.toUpperCase(), tone: 'info', values: costs }]}
        />
      </section>
      <ErrorsCard errors={errors} from={figures.from} />
      <Funnel verification={verification} />
    </div>
  )
}

function Cards({ totals, previous }: { totals: Totals; previous: Totals }) {
  const [main, ...others] = totals.cost
  const spent = previous.cost.find(({ unit }) => unit === main?.unit)
  return (
    <dl class="figures">
      <Figure name="Sent" value={totals.sent.toLocaleString()}>
        <Change now={totals.sent} before={previous.sent} />
      </Figure>
      <Figure name="Delivered" value={shareOf(totals.delivered, totals.sent)}>
        <Change now={rate(totals)} before={rate(previous)} unit="points" good="up" />
      </Figure>
      <Figure name="Not delivered" value={lost(totals).toLocaleString()}>
        <Change now={lost(totals)} before={lost(previous)} good="down" />
        {totals.in_doubt > 0 && ` · ${totals.in_doubt} in doubt`}
      </Figure>
      <Figure name="Median time" value={secondsOf(totals.delivery_median_s)}>
        <Change
          now={totals.delivery_median_s ?? undefined}
          before={previous.delivery_median_s ?? undefined}
          good="down"
        />
      </Figure>
      <Figure name="Cost" value={main ? moneyOf(main) : '–'}>
        {main && (
          <Change
            now={Math.abs(Number(main.amount))}
            before={spent && Math.abs(Number(spent.amount))}
          />
        )}
        {others.map((one) => ` + ${moneyOf(one)}`)}
      </Figure>
    </dl>
  )
}

function lost({ undelivered, failed }: Totals): number {
  return undelivered + failed
}

function rate({ sent, delivered }: Totals): number | undefined {
  return sent === 0 ? undefined : (delivered / sent) * 100
}

/** How a figure stands to the period before. Coloured only where one way is the better one. */
function Change(props: {
  now: number | undefined
  before: number | undefined
  unit?: 'points'
  good?: 'up' | 'down'
}) {
  const { now, before, unit, good } = props
  if (now === undefined || before === undefined) return <span>nothing to compare with</span>
  if (before === 0 && !unit) return <span>{now === 0 ? 'as before' : 'none before'}</span>
  const by = unit ? now - before : ((now - before) / before) * 100
  const size = Math.abs(by)
  const words = unit ? `${size.toFixed(1)} points` : `${Math.round(size)} %`
  if (size < 0.05) return <span>as before</span>
  const tone = good === undefined ? 'quiet' : by > 0 === (good === 'up') ? 'ok' : 'bad'
  return (
    <span class={`change ${tone}`}>
      <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span>
      <span class="hidden-text">{by > 0 ? 'up' : 'down'}</span> {words}
    </span>
  )
}

function Nothing() {
  const who = session.value
  return (
    <section class="card">
      <Empty title="Nothing sent in this period">
        <p>Let your program send a message, or send one from a terminal:</p>
        {who && <CommandLine text={sendLine(who)} label="line that sends a message" />}
      </Empty>
    </section>
  )
}

function labelOf(at: string, range: Range): string {
  const time = new Date(at)
  const clock = time.toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  if (range === '24h') return clock
  const day = time.toLocaleDateString([], { day: 'numeric', month: 'short' })
  return range === '30d' ? day : `${day}, ${clock}`
}
