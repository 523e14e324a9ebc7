import { paint } from './terminal.ts'

/** Eight heights. */
const bars = '▁▂▃▄▅▆▇█'

/** Numbers as a line of bars, the largest one full. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(1, ...values)
  return values
    .map((value) => bars[Math.min(bars.length - 1, Math.floor((value / most) * bars.length))])
    .join('')
}

/** How far a piece of work has come, on stderr. */
export interface Progress {
  done(counts: { good: number; bad: number }): void
  /** Leaves the last line standing. */
  end(): void
}

const width = 24
const history = 16
const redrawMs = 100
const sampleMs = 500

const number = (value: number) => Math.round(value).toLocaleString('en')

/** A line that rewrites itself on a terminal; one line for each tenth in a pipe. */
export function createProgress(
  total: number,
  {
    stream = process.stderr,
    monotonic = () => performance.now(),
  }: { stream?: NodeJS.WriteStream; monotonic?: () => number } = {},
): Progress {
  const begun = monotonic()
  const rates: number[] = []
  let last = { good: 0, bad: 0 }
  let drawnAt = -Infinity
  let sampled = { at: begun, done: 0 }
  let tenths = 0

  const count = () => last.good + last.bad

  function sample(now: number): void {
    const ms = now - sampled.at
    if (ms < sampleMs) return
    rates.push(((count() - sampled.done) / ms) * 1_000)
    if (rates.length > history) rates.shift()
    sampled = { at: now, done: count() }
  }

  function line(): string {
    const seconds = (monotonic() - begun) / 1_000
    const rate = count() / Math.max(seconds, 0.001)
    const filled = total === 0 ? width : Math.round((count() / total) * width)
    const isOver = count() >= total
    const left = (total - count()) / Math.max(rate, 0.001)
    return [
      `${'━'.repeat(filled)}${paint('quiet', '─'.repeat(width - filled), stream)} ${number(count())}/${number(total)}`,
      `${paint('good', '✓', stream)} ${number(last.good)}`,
      `${paint('bad', '✗', stream)} ${number(last.bad)}`,
      `${number(rate)}/s ${sparkline(rates)}`.trimEnd(),
      isOver ? `${seconds.toFixed(1)} s` : `${Math.ceil(left)} s left`,
    ].join('  ')
  }

  function draw(end: '' | '\n'): void {
    stream.write(stream.isTTY ? `\r\u001b[K${line()}${end}` : `${line()}\n`)
  }

  return {
    done(counts) {
      last = counts
      const now = monotonic()
      sample(now)
      if (stream.isTTY) {
        if (now - drawnAt < redrawMs) return
        drawnAt = now
        draw('')
        return
      }
      const reached = total === 0 ? 10 : Math.floor((count() / total) * 10)
      if (reached === tenths) return
      tenths = reached
      draw('\n')
    },
    end() {
      if (stream.isTTY) draw('\n')
    },
  }
}
