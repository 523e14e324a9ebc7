import { Badge, CommandLine, Dialog, Time } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, obtain, useLive } from './admin.ts'
import { Action, Confirm, Loaded } from './parts.tsx'
import { Rows } from './rows.tsx'
import type { Key } from './wire.ts'

const scopes = ['send', 'read', 'verify', 'admin'] as const

/** The keys of programs: made and taken back by admins only. */
export function Keys() {
  const data = useLive<{ keys: Key[] }>('keys/')
  const [isMaking, make] = useState(false)
  const [revoking, revoke] = useState<Key>()
  const end = async ({ id }: Key) => {
    await act(`keys/${encodeURIComponent(id)}/revoke/`, undefined, 'Revoked')
    await data.reload()
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
          onClose={() => {
            make(false)
            void data.reload()
          }}
        />
      )}
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          verb="Revoke key"
          isDanger
          onClose={() => revoke(undefined)}
          onYes={() => end(revoking)}
        >
          <p>Whatever uses it is refused from then on. It cannot be brought back.</p>
        </Confirm>
      )}
    </section>
  )
}

function NewKey({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [chosen, choose] = useState<readonly string[]>(['send'])
  const [made, setMade] = useState<string>()
  const make = async () => {
    const answer = await obtain<{ key: string }>('keys/', { name: name.trim(), scopes: chosen })
    if (answer) setMade(answer.key)
  }
  if (made !== undefined)
    return (
      <Dialog title="Keep this key now" onClose={onClose}>
        <p>It is not shown again. Give it to the program as a secret.</p>
        <CommandLine text={made} label="key" />
        <div class="dialog-actions">
          <button type="button" class="button main" onClick={onClose}>
            I have it
          </button>
        </div>
      </Dialog>
    )
  return (
    <Dialog title="New key" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <label class="field">
          <span>Name of the program</span>
          <input
            type="text"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
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
                  chosen.includes(scope)
                    ? chosen.filter((one) => one !== scope)
                    : [...chosen, scope],
                )
              }
            >
              {scope}
            </button>
          ))}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
          <button type="submit" class="button main" disabled={chosen.length === 0}>
            Make key
          </button>
        </div>
      </form>
    </Dialog>
  )
}
