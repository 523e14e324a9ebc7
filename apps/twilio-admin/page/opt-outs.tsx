import { Empty, Time, toast } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, may, obtain, useLive } from './admin.ts'
import { Ask, Field, PhoneField } from './form.tsx'
import { Paging } from './paging.tsx'
import { Action, Loaded } from './parts.tsx'
import { queryOf } from './place.ts'
import { Rows } from './rows.tsx'
import type { OptOut } from './wire.ts'
import { count } from './words.ts'

/** Who must not be texted. */
export function OptOuts() {
  const data = useLive<{ opt_outs: OptOut[]; next: string | null }>(`opt-outs/?${queryOf([], 50)}`)
  const [removing, remove] = useState<OptOut>()
  const [adding, add] = useState<'opt-out' | 'erasure'>()
  const done = async (path: string, json: unknown, words: string) => {
    const problem = await act(path, json, words)
    await data.reload()
    return problem
  }
  return (
    <section class="card list" aria-label="Opt-outs">
      {may('operator') && (
        <div class="card-head">
          <Action icon="plus" name="Add" onClick={() => add('opt-out')} />
          {may('admin') && <Action name="Forget a phone" onClick={() => add('erasure')} />}
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
        <Ask
          title={`Text ${removing.phone} again?`}
          verb="Remove opt-out"
          isDanger
          onClose={() => remove(undefined)}
          onSend={() => done('opt-outs/remove/', { key: removing.key }, 'Removed')}
        >
          <p>
            Only do so when the person has asked for it: texting who said no is against the law in
            many countries. It is written down that you did.
          </p>
        </Ask>
      )}
      {adding === 'opt-out' && (
        <Ask
          title="Do not text this phone"
          verb="Add"
          onClose={() => add(undefined)}
          onSend={(fields) => done('opt-outs/', fields, 'Added')}
        >
          <PhoneField name="phone" />
          <Field label="Reason">
            <input type="text" name="reason" defaultValue="asked for it" required />
          </Field>
        </Ask>
      )}
      {adding === 'erasure' && (
        <Ask
          title="Forget a phone"
          verb="Forget it"
          isDanger
          onClose={() => add(undefined)}
          onSend={forget}
        >
          <p>
            Its waiting texts are canceled, its other ones emptied and masked, its verifications
            deleted. Nobody can bring them back. Its opt-outs stay.
          </p>
          <PhoneField name="phone" />
        </Ask>
      )}
    </section>
  )
}

/** Deletes what is known of a phone, and tells how much that was. */
async function forget(fields: Record<string, string>): Promise<string | undefined> {
  const answer = await obtain<{ messages: number; canceled: number; left: number }>(
    'erase/',
    fields,
  )
  if (typeof answer === 'string') return answer
  const { messages, canceled, left } = answer
  const rest = left > 0 ? `; ${left} still on their way: ask again later` : ''
  toast(`Forgotten: ${count(messages, 'message')}, ${canceled} canceled${rest}`)
  return undefined
}
