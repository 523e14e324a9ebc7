import { Badge, CommandLine, Dialog, Time } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, obtain, useLive } from './admin.ts'
import { Ask, Field } from './form.tsx'
import { Action, Loaded } from './parts.tsx'
import { Rows } from './rows.tsx'
import type { Key } from './wire.ts'

const scopes = ['send', 'read', 'verify', 'admin'] as const

/** The keys of programs: made and taken back by admins only. */
export function Keys() {
  const data = useLive<{ keys: Key[] }>('keys/')
  const [isMaking, make] = useState(false)
  const [made, show] = useState<string>()
  const [revoking, revoke] = useState<Key>()
  const end = async ({ id }: Key) => {
    const problem = await act(`keys/${encodeURIComponent(id)}/revoke/`, undefined, 'Revoked')
    await data.reload()
    return problem
  }
  return (
    <section class="card list" aria-label="API keys">
      <div class="card-head">
        <p class="soft">A key is shown once, when it is made.</p>
        <Action icon="plus" name="New key" onClick={() => make(true)} />
      </div>
      <Loaded data={data} label="keys">
        {({ keys }) => (
          <>
            {keys.length === 0 && <p class="soft">No program can call yet: make a key for it.</p>}
            {keys.length > 0 && (
              <Rows
                label="API keys"
                rows={keys}
                keyOf={({ id }) => id}
                columns={[
                  ['Name', ({ name }) => <b>{name}</b>],
                  ['May', ({ scopes: may }) => may.join(', ')],
                  ['Made', ({ created_at: at }) => <Time at={at} />],
                  [
                    '',
                    (key) =>
                      key.revoked_at ? (
                        <Badge status="revoked" />
                      ) : (
                        <Action name="Revoke" onClick={() => revoke(key)} />
                      ),
                  ],
                ]}
              />
            )}
          </>
        )}
      </Loaded>
      {isMaking && (
        <NewKey
          onClose={() => make(false)}
          onMade={(key) => {
            show(key)
            void data.reload()
          }}
        />
      )}
      {made !== undefined && (
        <Dialog title="Keep this key now" onClose={() => show(undefined)}>
          <p>It is not shown again. Give it to the program as a secret.</p>
          <CommandLine text={made} label="key" />
          <div class="dialog-actions">
            <button type="button" class="button main" onClick={() => show(undefined)}>
              I have it
            </button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Ask
          title={`Revoke ${revoking.name}?`}
          verb="Revoke key"
          isDanger
          onClose={() => revoke(undefined)}
          onSend={() => end(revoking)}
        >
          <p>Whatever uses it is refused from then on. It cannot be brought back.</p>
        </Ask>
      )}
    </section>
  )
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const [chosen, choose] = useState<readonly string[]>(['send'])
  const make = async (fields: Record<string, string>) => {
    const answer = await obtain<{ key: string }>('keys/', { ...fields, scopes: chosen })
    if (typeof answer === 'string') return answer
    onMade(answer.key)
    return undefined
  }
  return (
    <Ask title="New key" verb="Make key" onClose={onClose} onSend={make}>
      <Field label="Name of the program">
        <input type="text" name="name" required />
      </Field>
      <div role="group" aria-label="What it may do">
        {scopes.map((scope) => (
          <button
            key={scope}
            type="button"
            class="switch"
            role="switch"
            aria-checked={chosen.includes(scope)}
            onClick={() =>
              choose(
                chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope],
              )
            }
          >
            {scope}
          </button>
        ))}
      </div>
    </Ask>
  )
}
