import { clockOf, Skeleton } from '@hsb/twilio-pages'
import type { Data } from '@hsb/twilio-pages'
import { useEffect, useState } from 'preact/hooks'
import { now, setNow } from './now.ts'
import { perform } from './simulator.ts'
import type { Clock } from './wire.ts'

const steps = [
  ['10 s', 10_000],
  ['1 min', 60_000],
  ['10 min', 600_000],
  ['1 h', 3_600_000],
  ['1 day', 86_400_000],
] as const

/** The simulator's time, and how to be past the end of a code without waiting for it. */
export function ClockCard({ clock }: { clock: Data<Clock> }) {
  const [isMoving, setMoving] = useState(false)
  const { value } = clock
  useEffect(() => {
    if (value) setNow(value)
  }, [value])
  const advance = async (ms: number) => {
    setMoving(true)
    await perform('POST', 'clock', { advance_ms: ms })
    setMoving(false)
  }
  const time = now()
  return (
    <section class="card clock" aria-labelledby="clock-head">
      <h2 id="clock-head">Clock</h2>
      {!value && <Skeleton lines={2} />}
      {value && (
        <>
          <p class="clock-time">
            {clockOf(time)}
            <small>
              {time.toLocaleDateString([], { weekday: 'short', day: 'numeric', month: 'short' })}
              {value.kind === 'manual' && ', stands still'}
            </small>
          </p>
          <div class="chips" role="group" aria-label="Advance the clock">
            {steps.map(([name, ms]) => (
              <button
                key={name}
                type="button"
                class="chip"
                disabled={isMoving}
                onClick={() => void advance(ms)}
              >
                +{name}
              </button>
            ))}
          </div>
        </>
      )}
    </section>
  )
}
