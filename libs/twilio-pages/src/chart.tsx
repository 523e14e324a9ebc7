import { useId, useState } from 'preact/hooks'
import { Shapes } from './chart-shapes.tsx'
import type { Series } from './chart-shapes.tsx'

/**
 * Bars that stand on each other, or lines; the values under the pointer stand at the top. The same
 * figures as a table for who cannot see them.
 */
export function Chart(props: {
  title: string
  /** What a glance shows, in words: `90 % were delivered`. */
  summary: string
  as: 'bars' | 'lines'
  labels: readonly string[]
  series: readonly Series[]
  /** How a value is written: `$1.20`, `3.4 s`. */
  format?: (value: number) => string
  /** What a click on one of the labels’ places leads to. */
  onPick?: (index: number) => void
}) {
  const { title, summary, as, labels, series, onPick } = props
  const { format = (value: number) => value.toLocaleString() } = props
  const id = useId()
  const [under, point] = useState<number>()
  const tops = labels.map((_, index) => {
    const values = series.map((one) => one.values[index] ?? 0)
    return as === 'bars' ? values.reduce((sum, one) => sum + one, 0) : Math.max(...values)
  })
  const top = niceTop(Math.max(0, ...tops))
  const written = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : format(value)
  const onMove = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const index = Math.floor(((event.clientX - left) / width) * labels.length)
    point(Math.min(Math.max(index, 0), labels.length - 1))
  }
  const middle = labels[Math.floor((labels.length - 1) / 2)]
  return (
    <figure class="chart">
      <figcaption aria-hidden="true">
        {series.map(({ name, tone, values }) => (
          <span key={name} class={`chart-name ${tone}`}>
            {name}
            {under !== undefined && <b> {written(values[under])}</b>}
          </span>
        ))}
        {under !== undefined && <span>{labels[under]}</span>}
      </figcaption>
      <div class="chart-plot">
        <div class="chart-side" aria-hidden="true">
          {[top, top / 2, 0].map((value) => (
            <span key={value}>{format(value)}</span>
          ))}
        </div>
        <svg
          viewBox="0 0 600 168"
          preserveAspectRatio="none"
          role="img"
          aria-labelledby={`${id}t ${id}d`}
          onPointerMove={onMove}
          onPointerLeave={() => point(undefined)}
          onClick={() => under !== undefined && onPick?.(under)}
          class={onPick && 'pickable'}
        >
          <title id={`${id}t`}>{title}</title>
          <desc id={`${id}d`}>{summary}</desc>
          <Shapes {...{ as, series, top, under }} count={labels.length} />
        </svg>
        <div class="chart-foot" aria-hidden="true">
          <span>{labels[0]}</span>
          {labels.length > 2 && <span>{middle}</span>}
          {labels.length > 1 && <span>{labels.at(-1)}</span>}
        </div>
      </div>
      {/* A table by itself takes the room that its words need, hidden or not. */}
      <div class="hidden-text">
        <table>
          <caption>{title}</caption>
          <tr>
            <td />
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
          {labels.map((label, i) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {series.map((one) => (
                <td key={one.name}>{written(one.values[i])}</td>
              ))}
            </tr>
          ))}
        </table>
      </div>
    </figure>
  )
}

/** The next round figure whose half is round, too; counts of one are not halved. */
function niceTop(value: number): number {
  if (value <= 0) return 2
  const power = 10 ** Math.floor(Math.log10(value))
  const steps = power === 1 ? [2, 4, 6, 8] : [1, 1.5, 2, 3, 4, 6, 8]
  return ((steps.find((one) => one * power >= value) ?? 10) * power * 1e6) / 1e6
}
