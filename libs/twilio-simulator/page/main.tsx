import { Dialog, go, Head, hrefOf, Problem, route, Toasts } from '@hsb/twilio-pages'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ClockCard } from './clock.tsx'
import { Device } from './device.tsx'
import { NetworkCard } from './network.tsx'
import { NextCard } from './next.tsx'
import { PhoneList } from './phone-list.tsx'
import { RepliesCard } from './replies.tsx'
import { RequestsCard } from './requests.tsx'
import { look, unreadOf } from './seen.ts'
import { perform, useLive } from './simulator.ts'
import type { Clock, Entry, Phones, Settings } from './wire.ts'

function Page() {
  const phones = useLive<Phones>('phones?limit=200')
  const settings = useLive<Settings>('settings')
  const clock = useLive<Clock>('clock')
  const [limit, setLimit] = useState(50)
  const requests = useLive<{ requests: Entry[] }>(`requests?limit=${limit}`)
  const [isAsking, ask] = useState(false)
  const list = phones.value
  const {
    path: [number = ''],
    params,
  } = route.value
  // A list from before a reset may still be here for a moment: none of its phones is chosen.
  const [forgotten, forget] = useState<string>()
  const first = list?.run === forgotten ? undefined : list?.phones[0]?.number

  // The choice is kept in the address: another phone that becomes active must not take its place.
  useEffect(() => {
    if (number !== '' || first === undefined) return
    go(hrefOf([first], Object.fromEntries(params)), 'replace')
  }, [number, first, params])
  useEffect(() => {
    if (list && number !== '' && document.visibilityState === 'visible') look(list, number)
  }, [list, number])
  const unread = (list?.phones ?? []).filter((phone) => phone.number !== number)
  const count = unread.reduce((sum, phone) => sum + (list ? unreadOf(list, phone) : 0), 0)
  useEffect(() => {
    document.title = count > 0 ? `(${count}) Phones` : 'Phones'
  }, [count])

  const reset = async () => {
    ask(false)
    if (!(await perform('POST', 'reset'))) return
    forget(list?.run)
    go(hrefOf([]), 'replace')
  }
  const phone = list?.phones.find((one) => one.number === number)
  const trouble = phones.problem ?? settings.problem
  return (
    <>
      <Head name="Phones" place="simulator">
        <button type="button" class="button" onClick={() => ask(true)}>
          Reset
        </button>
      </Head>
      <main id="main" class="desk" tabIndex={-1}>
        {trouble && (
          <div class="trouble">
            <Problem
              message={`${trouble} What you see may be old.`}
              onRetry={() =>
                [phones, settings, clock, requests].forEach(({ reload }) => void reload())
              }
            />
          </div>
        )}
        <PhoneList list={list} isMissing={phones.problem !== undefined} number={number} />
        <Device
          number={number}
          phone={phone}
          isLoading={list === undefined}
          settings={settings.value}
          clock={clock.value}
          requests={requests.value?.requests ?? []}
        />
        <div class="side">
          {number !== '' && <NextCard number={number} />}
          <NetworkCard />
          <ClockCard clock={clock} />
          <RepliesCard settings={settings} />
          <RequestsCard
            requests={requests}
            settings={settings.value}
            onOlder={
              requests.value?.requests.length === limit ? () => setLimit(limit * 2) : undefined
            }
          />
        </div>
      </main>
      {isAsking && (
        <Dialog title="Forget everything?" onClose={() => ask(false)}>
          <p>Phones, texts, verifications, faults and requests are dropped. The time stays.</p>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={() => ask(false)}>
              Cancel
            </button>
            <button type="button" class="button danger" onClick={() => void reset()}>
              Reset
            </button>
          </div>
        </Dialog>
      )}
      <Toasts />
    </>
  )
}

const place = document.querySelector('#app')
if (place) render(<Page />, place)
