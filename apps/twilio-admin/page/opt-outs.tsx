import { Dialog, Empty, Time, go, hrefOf } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, may, useLive } from './admin.ts'
import { Paging } from './paging.tsx'
import { Action, Confirm, Loaded } from './parts.tsx'
import { queryOf } from './place.ts'
import { Rows } from './rows.tsx'
import type { OptOut } from './wire.ts'

/** Who must not be texted. */
export function OptOuts() {
  const data = useLive<{ opt_outs: OptOut[]; next: string | null }>(`opt-outs/?${queryOf([], 50)}`)
  const [removing, remove] = useState<OptOut>()
  const [isAdding, add] = useState(false)
  const done = async (path: string, json: unknown, words: string) => {
    const answer = await act(path, json, words)
    await data.reload()
    return answer
  }
  return (
    <section class="card list" aria-label="Opt-outs">
      {may('operator') && (
        <div class="card-head">
          <Action icon="plus" name="Add" onClick={() => add(true)} />
        </div>
      )}
      <Loaded data={data} label="opt-outs">
        {({ opt_outs: optOuts, next }) => (
          <>
            {optOuts.length === 0 && (
              <Empty title="Nobody has opted out">
                <p>Who texts STOP, or is refused by Twilio as opted out, is listed here.</p>
              </Empty>
            )}
            {optOuts.length > 0 && (
              <Rows
                label="Opt-outs"
                rows={optOuts}
                keyOf={({ key }) => key}
                columns={[
                  ['Phone', ({ phone }) => <span class="number">{phone}</span>],
                  ['From', ({ sender }) => (sender === '' ? 'every sender' : sender)],
                  ['Reason', ({ reason }) => reason],
                  ['Said by', ({ source }) => source],
                  ['Since', ({ since }) => <Time at={since} />],
                  [
                    '',
                    (one) =>
                      may('operator') && <Action name="Remove" onClick={() => remove(one)} />,
                  ],
                ]}
              />
            )}
            <Paging next={next} shown={optOuts.length} />
          </>
        )}
      </Loaded>
      {removing && (
        <Confirm
          title={`Text ${removing.phone} again?`}
          verb="Remove opt-out"
          isDanger
          onClose={() => remove(undefined)}
          onYes={() => done('opt-outs/remove/', { key: removing.key }, 'Removed')}
        >
          <p>
            Only do so when the person has asked for it: texting who said no is against the law in
            many countries. It is written down that you did.
          </p>
        </Confirm>
      )}
      {isAdding && (
        <Adding
          onClose={() => add(false)}
          onAdd={async (fields) => {
            if (await done('opt-outs/', fields, 'Added')) go(hrefOf(['inbox', 'opt-outs']))
            add(false)
          }}
        />
      )}
    </section>
  )
}

function Adding(props: {
  onClose: () => void
  onAdd: (fields: Record<string, string>) => Promise<void>
}) {
  const [phone, setPhone] = useState('')
  const [reason, setReason] = useState('asked for it')
  return (
    <Dialog title="Do not text this phone" onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void props.onAdd({ phone: phone.trim(), reason: reason.trim() })
        }}
      >
        <label class="field">
          <span>Phone, with its country: +14155552671</span>
          <input
            type="tel"
            required
            value={phone}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Reason</span>
          <input
            type="text"
            required
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            Close
          </button>
          <button type="submit" class="button main">
            Add
          </button>
        </div>
      </form>
    </Dialog>
  )
}
