import { Head, Icon, Problem, Skeleton, Toasts, hrefOf, route, useKeys } from '@hsb/twilio-pages'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { askWho, session, signOut } from './admin.ts'
import { Operations } from './operations.tsx'
import { Inbox } from './inbox.tsx'
import { KeyHelp } from './key-help.tsx'
import { Messages } from './messages.tsx'
import { Overview } from './overview.tsx'
import { QueuePage } from './queue.tsx'
import { Settings } from './settings.tsx'
import { SignIn } from './sign-in.tsx'
import { Verifications } from './verifications.tsx'
import type { Session } from './wire.ts'

const rooms = [
  { room: 'overview', name: 'Overview', icon: 'bars', Page: Overview },
  { room: 'messages', name: 'Messages', icon: 'message', Page: Messages },
  { room: 'verifications', name: 'Verifications', icon: 'shield', Page: Verifications },
  { room: 'inbox', name: 'Inbox', icon: 'inbox', Page: Inbox },
  { room: 'queue', name: 'Queue', icon: 'queue', Page: QueuePage },
  { room: 'api', name: 'API', icon: 'code', Page: Operations },
  { room: 'settings', name: 'Settings', icon: 'gear', Page: Settings },
] as const

function Admin() {
  const [problem, setProblem] = useState<string>()
  const ask = async () => {
    setProblem(undefined)
    setProblem(await askWho())
  }
  useEffect(() => void ask(), [])
  const who = session.value
  if (who === null) return <SignIn />
  if (who !== undefined) return <Signed who={who} />
  return (
    <main id="main" class="sign-in" tabIndex={-1}>
      <h1 class="hidden-text">Admin</h1>
      {problem ? (
        <Problem message={problem} onRetry={() => void ask()} />
      ) : (
        <Skeleton lines={4} label="Loading" />
      )}
    </main>
  )
}

function Signed({ who }: { who: Session }) {
  const [isHelping, help] = useState(false)
  const [first] = route.value.path
  const here = rooms.find(({ room }) => room === first) ?? rooms[0]
  const { Page, name } = here
  useEffect(() => {
    document.title = `${name} · hsb-twilio`
  }, [name])
  useKeys({ '?': () => help(true) })
  const links = rooms.map(({ room, name: word, icon }) => {
    return { href: hrefOf([room]), name: word, icon, isHere: room === here.room }
  })
  return (
    <div class="frame">
      <Head name="hsb-twilio" place={who.mode} links={links}>
        {who.app.phones_url && (
          <a class="button quiet small brief" href={who.app.phones_url}>
            <Icon name="phone" />
            <span>Phones</span>
          </a>
        )}
        <button
          type="button"
          class="button quiet small help"
          aria-label="Keys of this page"
          onClick={() => help(true)}
        >
          <kbd>?</kbd>
        </button>
        <span class="who">
          <b>{who.name}</b> {who.role}
        </span>
        {who.signs_in && (
          <button type="button" class="button quiet small brief" onClick={() => void signOut()}>
            <Icon name="exit" />
            <span>Sign out</span>
          </button>
        )}
      </Head>
      <main id="main" tabIndex={-1}>
        <Page key={here.room} />
      </main>
      {isHelping && <KeyHelp onClose={() => help(false)} />}
      <Toasts />
    </div>
  )
}

const place = document.querySelector('#app')
if (place) render(<Admin />, place)
