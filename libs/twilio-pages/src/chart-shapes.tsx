import type { Tone } from './badge.tsx'

/** Values of one kind, one for each label; null where there is none. */
export interface Series {
  name: string
  tone: Tone
  values: readonly (number | null)[]
}

const [width, height] = [600, 168]

/** What a chart draws: three lines to measure by, the bars or lines, and what is pointed at. */
export function Shapes(props: {
  as: 'bars' | 'lines'
  series: readonly Series[]
  count: number
  top: number
  under: number | undefined
}) {
  const { as, series, count, top, under } = props
  const slot = width / Math.max(1, count)
  const tall = (value: number) => (value / top) * height
  return (
    <>
      {[0, 0.5, 1].map((part) => (
        <line
          key={part}
          class="chart-grid"
          x1="0"
          x2={width}
          y1={part * height}
          y2={part * height}
        />
      ))}
      {under !== undefined && (
        <path class="chart-mark" d={`M${under * slot} 0h${slot}v${height}h-${slot}z`} />
      )}
      {series.map((one, level) =>
        as === 'lines' ? (
          <g key={one.name} class={one.tone}>
            {runsOf(one.values).map((run) => (
              <polyline
                key={run[0]?.index}
                class={one.tone}
                points={run
                  .map(({ index, value }) => {
                    const x = ((index + 0.5) * slot).toFixed(1)
                    return `${x},${(height - tall(value)).toFixed(1)}`
                  })
                  .join(' ')}
              />
            ))}
          </g>
        ) : (
          <g key={one.name} class={one.tone}>
            {one.values.map((value, index) => {
              const below = series
                .slice(0, level)
                .reduce((sum, { values }) => sum + (values[index] ?? 0), 0)
              if (!value) return null
              return (
                <rect
                  key={index}
                  x={(index * slot + slot * 0.12).toFixed(1)}
                  width={(slot * 0.76).toFixed(1)}
                  y={(height - tall(below + value)).toFixed(1)}
                  height={tall(value).toFixed(1)}
                />
              )
            })}
          </g>
        ),
      )}
    </>
  )
}

interface Point {
  index: number
  value: number
}

/** A line breaks where a value is missing; a point by itself is drawn as a dash. */
function runsOf(values: Series['values']): Point[][] {
  const runs: Point[][] = [[]]
  values.forEach((value, index) => {
    if (value === null) runs.push([])
    else runs.at(-1)?.push({ index, value })
  })
  return runs
    .filter((run) => run.length > 0)
    .map((run) => {
      const [only] = run
      if (only === undefined || run.length > 1) return run
      const half = Math.max(0.35, values.length / 200)
      return [-half, half].map((by) => ({ ...only, index: only.index + by }))
    })
}
