import { useId } from 'preact/hooks'
import type { Tone } from './badge.tsx'

/** Values of one kind, one for each label. */
export interface Series {
  name: string
  tone: Tone
  values: readonly number[]
}

const [width, height] = [600, 180]

/** Bars that stand on each other, or lines; the same figures as a table for who cannot see them. */
export function Chart(props: {
  title: string
  /** What a glance shows, in words: `90 % were delivered`. */
  summary: string
  as: 'bars' | 'lines'
  labels: readonly string[]
  series: readonly Series[]
}) {
  const { title, summary, as, labels, series } = props
  const id = useId()
  const at = (one: Series, index: number) => one.values[index] ?? 0
  const below = (index: number, count: number) =>
    series.slice(0, count).reduce((sum, one) => sum + at(one, index), 0)
  const tops =
    as === 'bars'
      ? labels.map((_, index) => below(index, series.length))
      : series.flatMap((one) => one.values)
  const top = Math.max(1, ...tops)
  const slot = width / Math.max(1, labels.length)
  const tall = (value: number) => (value / top) * height
  const point = (one: Series, index: number) =>
    `${((index + 0.5) * slot).toFixed(1)},${(height - tall(at(one, index))).toFixed(1)}`
  const bar = (one: Series, index: number, level: number) => ({
    x: index * slot + slot * 0.15,
    width: slot * 0.7,
    y: height - tall(below(index, level + 1)),
    height: tall(at(one, index)),
  })
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={`${id}t ${id}d`}>
        <title id={`${id}t`}>{title}</title>
        <desc id={`${id}d`}>{summary}</desc>
        {series.map((one, level) =>
          as === 'lines' ? (
            <polyline
              key={one.name}
              class={one.tone}
              points={labels.map((_, i) => point(one, i)).join(' ')}
            />
          ) : (
            <g key={one.name} class={one.tone}>
              {labels.map((label, i) => (
                <rect key={label} rx="2" {...bar(one, i, level)} />
              ))}
            </g>
          ),
        )}
      </svg>
      <table class="hidden-text">
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
              <td key={one.name}>{at(one, i)}</td>
            ))}
          </tr>
        ))}
      </table>
    </figure>
  )
}
