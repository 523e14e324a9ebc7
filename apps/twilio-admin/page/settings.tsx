import { CommandLine, Icon, Time, hrefOf, route, useData } from '@hsb/twilio-pages'
import { api, may, useLive } from './admin.ts'
import { Keys } from './keys.tsx'
import { Paging } from './paging.tsx'
import { Loaded, Tabs, Title } from './parts.tsx'
import { queryOf } from './place.ts'
import { Rows } from './rows.tsx'
import type { AuditEntry, Setup } from './wire.ts'
import { plain, sentence } from './words.ts'

/** How the server is set up, whether it is well, and who has changed what. */
export function Settings() {
  const [, tab = 'health'] = route.value.path
  const tabs = [
    ['health', 'Health and webhooks'],
    ['values', 'Values'],
    ...(may('admin') ? [['keys', 'API keys'] as const] : []),
    ['audit', 'Audit'],
  ] as const
  return (
    <>
      <Title name="Settings">
        <Tabs
          label="Settings"
          tabs={tabs.map(([id, name]) => {
            return { href: hrefOf(['settings', id]), name, isHere: tab === id }
          })}
        />
      </Title>
      {tab === 'values' ? (
        <Values />
      ) : tab === 'keys' && may('admin') ? (
        <Keys />
      ) : tab === 'audit' ? (
        <Audit />
      ) : (
        <Health />
      )}
    </>
  )
}

function Health() {
  const data = useData<Setup>(api, 'settings/')
  return (
    <Loaded data={data} label="health">
      {({ health, webhook_urls: urls, refused_callbacks: refused }) => (
        <div class="board">
          <section class="card half">
            <h3>Health</h3>
            <p class={health.ready ? 'tone ok' : 'tone bad'}>
              <Icon name={health.ready ? 'check' : 'warning'} />{' '}
              {health.ready ? 'Ready to send' : 'Not ready'}
            </p>
            <ul class="plain checks">
              {Object.entries(health.checks).map(([name, isOk]) => (
                <li key={name} class={isOk ? 'ok' : 'bad'}>
                  <Icon name={isOk ? 'check' : 'close'} />
                  <span>{plain(name)}</span>
                </li>
              ))}
            </ul>
          </section>
          <section class="card half">
            <h3>Addresses for Twilio</h3>
            <p class="soft">Paste them where Twilio asks for a webhook, as they stand.</p>
            <h4>A message comes in</h4>
            <CommandLine text={urls.inbound} label="address for incoming messages" />
            <h4>Status callback</h4>
            <CommandLine text={urls.status} label="address for status callbacks" />
          </section>
          <section class="card whole">
            <h3>Refused callbacks</h3>
            {refused.length === 0 && (
              <p class="soft">None since the start: what Twilio signs fits what we check.</p>
            )}
            {refused.length > 0 && (
              <Rows
                label="Refused callbacks"
                // Twilio tries again, and is refused again: the last time is enough.
                rows={refused.filter(({ url }, i) => refused[i + 1]?.url !== url).toReversed()}
                keyOf={({ at, url }) => at + url}
                columns={[
                  ['When', ({ at }) => <Time at={at} />],
                  ['Address', ({ url }) => <code>{url}</code>],
                  ['What is probably wrong', ({ diagnosis }) => diagnosis.map(sentence).join(' ')],
                ]}
              />
            )}
          </section>
        </div>
      )}
    </Loaded>
  )
}

function Values() {
  const data = useData<Setup>(api, 'settings/')
  return (
    <section class="card list" aria-label="Settings in force">
      <p class="soft">
        What is in force now; secrets are not shown. Values are changed where the server is
        configured.
      </p>
      <Loaded data={data} label="settings" lines={12}>
        {({ settings }) => (
          <Rows
            label="Settings in force"
            rows={settings}
            keyOf={({ name }) => name}
            columns={[
              ['Setting', ({ name }) => <code>{name}</code>],
              [
                'Value',
                ({ value, default: usual }) => (
                  <code class={same(value, usual) ? 'soft' : 'changed'}>{written(value)}</code>
                ),
              ],
              ['Default', ({ default: usual }) => <code class="soft">{written(usual)}</code>],
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}

function Audit() {
  const data = useLive<{ entries: AuditEntry[]; next: string | null }>(`audit/?${queryOf([], 50)}`)
  return (
    <section class="card list" aria-label="Audit">
      <Loaded data={data} label="audit" lines={10}>
        {({ entries, next }) => (
          <>
            {entries.length === 0 && (
              <p class="soft">Nothing was changed or revealed by hand yet.</p>
            )}
            {entries.length > 0 && (
              <Rows
                label="Audit"
                rows={entries}
                keyOf={({ id }) => String(id)}
                columns={[
                  ['When', ({ at }) => <Time at={at} />],
                  ['Who', ({ actor }) => <b>{actor}</b>],
                  ['Did', ({ action }) => plain(action)],
                  [
                    'To',
                    ({ subject, action }) =>
                      action.startsWith('message-') ? (
                        <a href={hrefOf(['messages', subject])}>
                          <code>{subject}</code>
                        </a>
                      ) : (
                        <code>{subject}</code>
                      ),
                  ],
                  [
                    'Detail',
                    ({ detail }) =>
                      Object.entries(detail ?? {})
                        .map(([name, value]) => `${plain(name)}: ${value}`)
                        .join(', '),
                  ],
                ]}
              />
            )}
            <Paging next={next} shown={entries.length} />
          </>
        )}
      </Loaded>
    </section>
  )
}

function written(value: unknown): string {
  if (value === undefined || value === null) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
