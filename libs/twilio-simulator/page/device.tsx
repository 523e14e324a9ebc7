import { CommandLine, clockOf, Empty, Problem, Skeleton } from '@hsb/twilio-pages'
import { useEffect, useRef } from 'preact/hooks'
import { Composer } from './composer.tsx'
import { now } from './now.ts'
import { useLive } from './simulator.ts'
import { sendLine } from './curl.ts'
import { Bubbles } from './bubbles.tsx'
import type { Clock, Entry, Phone, Settings, Text } from './wire.ts'

/** The phone itself: its texts, and a line to write one. */
export function Device(props: {
  number: string
  phone: Phone | undefined
  isLoading: boolean
  settings: Settings | undefined
  clock: Clock | undefined
  /** Calls and callbacks: they tell what became of a reply. */
  requests: readonly Entry[]
}) {
  const { number, phone, isLoading, settings, requests } = props
  return (
    <section class="stage" aria-label={number === '' ? 'No phone chosen' : `Phone ${number}`}>
      <div class="device">
        <div class="screen">
          <div class="status-bar" aria-hidden="true">
            <span>{props.clock ? clockOf(now(), false) : ''}</span>
            <svg viewBox="0 0 44 12" width="44" height="12">
              <path d="M1 8h2v3H1zM5 6h2v5H5zM9 3.5h2V11H9zM13 1h2v10h-2zM22 2.5h17v7H22zM41 4.5h1.5v3H41z" />
            </svg>
          </div>
          {number === '' ? (
            <div class="thread">
              {isLoading ? (
                <Skeleton lines={5} />
              ) : (
                <FirstText settings={settings} number="+14155550100" />
              )}
            </div>
          ) : (
            <Thread key={number} {...{ number, phone, settings, requests }} />
          )}
        </div>
      </div>
    </section>
  )
}

function Thread(props: {
  number: string
  phone: Phone | undefined
  settings: Settings | undefined
  requests: readonly Entry[]
}) {
  const { number, phone, settings, requests } = props
  const query = new URLSearchParams({ phone: number, limit: '200' })
  const { value, problem, reload } = useLive<{ messages: Text[] }>(`messages?${query}`)
  const place = useRef<HTMLDivElement>(null)
  const texts = value?.messages
  const last = texts?.at(-1)?.sid
  // The newest text is what one came for.
  useEffect(() => place.current?.scrollTo({ top: place.current.scrollHeight }), [last])
  return (
    <>
      <h2 class="owner">{number}</h2>
      <div class="thread" role="log" aria-label={`Texts of ${number}`} tabIndex={0} ref={place}>
        {problem && !texts && <Problem message={problem} onRetry={() => void reload()} />}
        {!texts && !problem && <Skeleton lines={5} label="Loading texts" />}
        {texts?.length === 0 && <FirstText settings={settings} number={number} />}
        {texts && <Bubbles texts={texts} posts={requests} />}
      </div>
      <Composer number={number} phone={phone} texts={texts ?? []} settings={settings} />
    </>
  )
}

function FirstText({ settings, number }: { settings: Settings | undefined; number: string }) {
  return (
    <Empty title="No texts yet">
      <p>Let your program send one, or send it from a terminal:</p>
      {settings && <CommandLine text={sendLine(settings, number)} label="line that sends a text" />}
    </Empty>
  )
}
