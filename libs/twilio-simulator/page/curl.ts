import type { Entry, Settings } from './wire.ts'

/** A line for a shell that makes the same request again. */
export function curlOf(entry: Entry, settings: Settings): string {
  const url = entry.kind === 'api' ? new URL(entry.path, location.origin).href : (entry.url ?? '')
  const form = Object.entries(entry.form).flatMap(([name, values]) =>
    values.map((value) => `--data-urlencode ${quote(`${name}=${value}`)}`),
  )
  const who =
    entry.kind === 'api'
      ? [`-u ${credentials(settings)}`]
      : [`-H ${quote(`X-Twilio-Signature: ${entry.signature ?? ''}`)}`]
  return [`curl -X ${entry.method} ${quote(url)}`, ...who, ...form].join(' \\\n  ')
}

/** The line that brings the first text to a phone. */
export function sendLine(settings: Settings, number: string): string {
  const { account_sid: sid, messaging_services: services } = settings
  const from = services[0]?.senders[0] ?? '+15005550006'
  const url = new URL(`/2010-04-01/Accounts/${sid}/Messages.json`, location.origin).href
  const form = [`To=${number}`, `From=${from}`, 'Body=Your code is 482913']
  return [
    `curl ${url}`,
    `-u ${credentials(settings)}`,
    ...form.map((one) => `--data-urlencode ${quote(one)}`),
  ].join(' \\\n  ')
}

/** The token itself only where the simulator has made it up; else the shell has to know it. */
function credentials({ account_sid: sid, auth_token: token }: Settings): string {
  return token === null ? `"${sid}:$TWILIO_AUTH_TOKEN"` : quote(`${sid}:${token}`)
}

function quote(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
