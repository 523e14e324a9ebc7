import { Skeleton } from '@hsb/twilio-pages'
import { perform, useLive } from './simulator.ts'
import type { Fault } from './wire.ts'

// What can become of a text. The words are Twilio's: https://www.twilio.com/docs/api/errors.
const fates = [
  { name: 'Delivered', fault: undefined },
  { name: 'Undelivered: 30003 unreachable handset', fault: { kind: 'undelivered', code: 30003 } },
  { name: 'Undelivered: 30004 blocked', fault: { kind: 'undelivered', code: 30004 } },
  { name: 'Undelivered: 30005 unknown number', fault: { kind: 'undelivered', code: 30005 } },
  { name: 'Undelivered: 30006 landline', fault: { kind: 'undelivered', code: 30006 } },
  { name: 'Undelivered: 30007 filtered', fault: { kind: 'undelivered', code: 30007 } },
  { name: 'Undelivered: 30008 unknown error', fault: { kind: 'undelivered', code: 30008 } },
  { name: 'Failed: 30001 queue overflow', fault: { kind: 'failed', code: 30001 } },
  { name: 'Refused: 21610 opted out', fault: { kind: 'refuse', code: 21610 } },
  { name: 'Refused: 21614 no mobile number', fault: { kind: 'refuse', code: 21614 } },
  { name: 'Lost: sent, no receipt ever', fault: { kind: 'stay-sent' } },
  { name: 'Late: callbacks after 10 s', fault: { kind: 'late', ms: 10_000 } },
  { name: 'Late: callbacks after 2 min', fault: { kind: 'late', ms: 120_000 } },
] as const

/** What becomes of the next text to this phone, or of all of them. */
export function NextCard({ number }: { number: string }) {
  const { value, problem, reload } = useLive<{ behaviours: Fault[] }>('behaviours')
  const mine = value?.behaviours.find(({ to }) => to === number)
  const known = fates.findIndex(({ fault }) => fault && mine && isLike(mine, fault))
  const isAlways = mine?.times === 'always'

  const order = async (index: number, times: 1 | 'always') => {
    const fault = fates[index]?.fault
    const theirs = `behaviours?${new URLSearchParams({ to: number })}`
    if ((await perform('DELETE', theirs)) && fault)
      await perform('POST', 'behaviours', { ...fault, to: number, times })
    await reload()
  }
  return (
    <section class="card next" aria-labelledby="next-head">
      <h2 id="next-head">{isAlways ? 'Every text' : 'The next text'} to this phone</h2>
      {!value && !problem && <Skeleton lines={2} />}
      {value && (
        <>
          <select
            aria-label="is"
            value={String(mine ? known : 0)}
            onChange={(event) =>
              void order(Number(event.currentTarget.value), isAlways ? 'always' : 1)
            }
          >
            {fates.map(({ name }, index) => (
              <option key={name} value={String(index)}>
                {name}
              </option>
            ))}
            {mine && known < 0 && <option value="-1">Something else: {mine.kind}</option>}
          </select>
          <button
            type="button"
            role="switch"
            class="switch"
            aria-checked={isAlways}
            disabled={known < 1}
            onClick={() => void order(known, isAlways ? 1 : 'always')}
          >
            Until I change it
          </button>
        </>
      )}
    </section>
  )
}

function isLike(one: Fault, fault: { kind: string; code?: number; ms?: number }): boolean {
  return (
    one.kind === fault.kind &&
    (one.code ?? undefined) === fault.code &&
    (one.ms ?? undefined) === fault.ms
  )
}
