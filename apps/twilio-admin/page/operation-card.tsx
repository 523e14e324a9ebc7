import { CommandLine, route } from '@hsb/twilio-pages'
import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { session } from './admin.ts'
import { curlOf, pathOf, scriptOf } from './calls.ts'
import type { Operation } from './openapi.ts'
import { unmarked } from './words.ts'

// Kept until the page is left, and nowhere else.
const key = signal('')

interface Tried {
  status: number
  ms: number
  body: string
}

/** One operation: what it does, as curl and TypeScript, and a form that makes the call. */
export function OperationCard({ operation }: { operation: Operation }) {
  const [names, setNames] = useState<Record<string, string>>({})
  const [body, setBody] = useState(operation.body ?? '')
  const call = { operation, names, body, base: session.value?.app.public_url ?? '' }
  const place = useRef<HTMLElement>(null)
  useEffect(() => {
    const isChosen = route.value.path.length > 1
    if (isChosen && matchMedia('(max-width: 1000px)').matches) place.current?.scrollIntoView()
  }, [])
  return (
    <section class="card operation" aria-label={operation.summary} ref={place}>
      <h3>{operation.summary}</h3>
      <p>
        <code>
          {operation.method} {operation.path}
        </code>
      </p>
      {operation.description
        .split('\n\n')
        .filter(Boolean)
        .map((text) => (
          <p key={text} class="soft">
            {unmarked(text)}
          </p>
        ))}
      <h4>curl</h4>
      <CommandLine text={curlOf(call)} label="call as curl" />
      <h4>TypeScript</h4>
      <CommandLine text={scriptOf(call)} label="call as TypeScript" />
      {operation.canTry ? (
        <>
          <h4>Try it</h4>
          <Try
            operation={operation}
            path={pathOf(call)}
            body={body}
            onBody={setBody}
            names={names}
            onName={(name, value) => setNames({ ...names, [name]: value })}
          />
        </>
      ) : (
        <p class="soft">Only Twilio calls this: each request carries its signature.</p>
      )}
    </section>
  )
}

function Try(props: {
  operation: Operation
  path: string
  names: Record<string, string>
  body: string
  onBody: (body: string) => void
  onName: (name: string, value: string) => void
}) {
  const { operation, path, names, body, onBody, onName } = props
  const [tried, setTried] = useState<Tried>()
  const [isBusy, setBusy] = useState(false)
  const perform = async () => {
    setBusy(true)
    setTried(await attempt(operation, path, body))
    setBusy(false)
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void perform()
      }}
    >
      {operation.needsKey && (
        <label class="field">
          <span>API key: stays on this page</span>
          <input
            type="password"
            autocomplete="off"
            value={key.value}
            onInput={(event) => (key.value = event.currentTarget.value)}
          />
        </label>
      )}
      {operation.names.map((name) => (
        <label key={name} class="field">
          <span>{name}</span>
          <input
            type="text"
            required
            value={names[name] ?? ''}
            onInput={(event) => onName(name, event.currentTarget.value)}
          />
        </label>
      ))}
      {operation.body !== undefined && (
        <label class="field">
          <span>Body</span>
          <textarea
            rows={Math.min(14, body.split('\n').length + 1)}
            value={body}
            spellcheck={false}
            onInput={(event) => onBody(event.currentTarget.value)}
          />
        </label>
      )}
      <div class="actions">
        <button type="submit" class="button main" disabled={isBusy}>
          {operation.method === 'GET' ? 'Ask' : 'Send'}
        </button>
        <span class="soft">This is a real call to this server.</span>
      </div>
      {tried && (
        <div role="status">
          <p>
            <b class={tried.status >= 200 && tried.status < 400 ? 'tone ok' : 'tone bad'}>
              {tried.status === 0 ? 'No answer' : tried.status}
            </b>{' '}
            <span class="soft">{tried.ms} ms</span>
          </p>
          <pre class="answer" tabIndex={0} aria-label="Answer">
            {tried.body}
          </pre>
        </div>
      )}
    </form>
  )
}

async function attempt(operation: Operation, path: string, body: string): Promise<Tried> {
  const start = performance.now()
  const took = () => Math.round(performance.now() - start)
  try {
    const response = await fetch(new URL(`..${path}`, document.baseURI), {
      method: operation.method,
      // As a program would call: with its key and no cookies.
      credentials: 'omit',
      headers: {
        ...(key.value === '' ? {} : { authorization: `Bearer ${key.value}` }),
        ...(operation.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(operation.body === undefined ? {} : { body }),
    })
    return { status: response.status, ms: took(), body: indented(await response.text()) }
  } catch {
    return { status: 0, ms: took(), body: 'The server cannot be reached.' }
  }
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
