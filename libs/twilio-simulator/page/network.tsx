import { Problem, Skeleton } from '@hsb/twilio-pages'
import { perform, useLive } from './simulator.ts'
import type { Fault } from './wire.ts'

const switches = [
  { kind: 'double', name: 'Callbacks come twice', hint: 'each is posted two times', order: {} },
  { kind: 'reorder', name: 'Callbacks out of order', hint: 'the last one first', order: {} },
  { kind: 'lost-callbacks', name: 'Callbacks get lost', hint: 'none is posted', order: {} },
  { kind: 'wrong-signature', name: 'Wrong signatures', hint: 'as a forger would post', order: {} },
  {
    kind: 'busy',
    name: 'API answers 429',
    hint: 'nothing is sent',
    order: { retry_after_seconds: 1 },
  },
  {
    kind: 'server-error',
    name: 'API answers 500',
    hint: 'after accepting the text',
    order: { after: 'accepting' },
  },
  {
    kind: 'hang-up',
    name: 'Connection breaks',
    hint: 'after accepting the text',
    order: { after: 'accepting' },
  },
  {
    kind: 'slow',
    name: 'API is slow',
    hint: 'three seconds',
    order: { after: 'accepting', ms: 3000 },
  },
]

/** What goes wrong between program and Twilio, for every phone, while a switch is on. */
export function NetworkCard() {
  const { value, problem, reload } = useLive<{ behaviours: Fault[] }>('behaviours')
  const everywhere = value?.behaviours.filter(({ to }) => !to) ?? []
  const others = everywhere.filter(({ kind }) => !switches.some((one) => one.kind === kind))
  const turn = async (one: (typeof switches)[number], isOn: boolean) => {
    const { kind, order } = one
    if (isOn) await perform('DELETE', `behaviours?kind=${kind}`)
    else await perform('POST', 'behaviours', { kind, times: 'always', ...order })
    await reload()
  }
  return (
    <section class="card network" aria-labelledby="network-head">
      <h2 id="network-head">Network</h2>
      {problem && !value && <Problem message={problem} onRetry={() => void reload()} />}
      {!value && !problem && <Skeleton lines={6} />}
      {value &&
        switches.map((one) => {
          const found = everywhere.find(({ kind }) => kind === one.kind)
          const left = found && found.times !== 'always' ? `${found.times} more` : one.hint
          return (
            <button
              key={one.kind}
              type="button"
              role="switch"
              class="switch"
              aria-checked={found !== undefined}
              onClick={() => void turn(one, found !== undefined)}
            >
              <span>
                {one.name} <small>{left}</small>
              </span>
            </button>
          )
        })}
      {others.length > 0 && (
        <p class="note">
          Also ordered: {others.map(({ kind, times }) => `${kind} (${times})`).join(', ')}{' '}
          <button
            type="button"
            class="button small"
            onClick={() => void perform('DELETE', 'behaviours')}
          >
            Clear all
          </button>
        </p>
      )}
    </section>
  )
}
