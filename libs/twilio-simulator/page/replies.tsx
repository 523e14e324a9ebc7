import { Problem, Skeleton, toast } from '@hsb/twilio-pages'
import type { Data } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { perform } from './simulator.ts'
import type { Settings } from './wire.ts'

/** Where replies are posted, as one would set it for a number at Twilio. */
export function RepliesCard({ settings }: { settings: Data<Settings> }) {
  const { value, problem, reload } = settings
  const [typed, type] = useState<string>()
  const url = typed ?? value?.inbound_url ?? ''
  const isSame = url === (value?.inbound_url ?? '')
  const save = async (event: Event) => {
    event.preventDefault()
    if (!(await perform('POST', 'settings', { inbound_url: url }))) return
    type(undefined)
    await reload()
    toast(url === '' ? 'Replies are only kept' : 'Replies are posted there from now on')
  }
  return (
    <section class="card replies" aria-labelledby="replies-head">
      <h2 id="replies-head">Replies go to</h2>
      {problem && !value && <Problem message={problem} onRetry={() => void reload()} />}
      {!value && !problem && <Skeleton lines={1} />}
      {value && (
        <form onSubmit={(event) => void save(event)}>
          <input
            id="inbound"
            type="text"
            inputMode="url"
            value={url}
            placeholder="http://localhost:3000/inbound"
            aria-label="Address of the inbound webhook"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => type(event.currentTarget.value)}
          />
          <button class="button" disabled={isSame}>
            Save
          </button>
        </form>
      )}
    </section>
  )
}
