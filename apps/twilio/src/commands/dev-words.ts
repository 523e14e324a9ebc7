import type { DevAddresses } from './dev-server.ts'
import { paint } from './terminal.ts'

const phone = '+14155552671'

/** What a person reads when `dev` is ready: what runs where, and lines to type next. */
export function devWords(
  addresses: DevAddresses,
  { backend, data }: { backend: 'twilio-verify' | 'own-codes'; data: string | undefined },
): string {
  const { url, simulator_url: simulator, api_key: key } = addresses
  const to = encodeURIComponent(phone)
  const call = `-H "Authorization: Bearer $KEY" -H 'Content-Type: application/json'`
  return [
    '',
    `  ${bold('API')}        ${url}`,
    `  ${bold('Simulator')}  ${simulator}  ${dim('stands in for Twilio: no text leaves this machine')}`,
    `  ${bold('Admin')}      ${url}/admin/  ${dim('what was sent and received; open on this machine')}`,
    `  ${bold('Phones')}     ${simulator}/phones/  ${dim('what they got; reply as one')}`,
    `  ${bold('API key')}    ${key}`,
    `  ${bold('Data')}       ${data ?? dim('in a temporary folder, removed at the end; --data keeps it')}`,
    '',
    `  ${bold('Type next')}, in another terminal:`,
    '',
    `  KEY=${key}`,
    '',
    `  ${dim('# send a text, look at what became of it, and at the phone')}`,
    `  ID=$(curl -s ${url}/api/sms/send/ ${call} -d '{"to_phone":"${phone}","message":"Hello!"}' | ${field('id')})`,
    `  sleep 1; curl -s ${url}/api/sms/$ID/status/ ${call}`,
    `  curl -s '${simulator}/_simulator/messages?to=${to}'`,
    '',
    `  ${dim('# verify a phone: start, read the code on the phone, check it')}`,
    `  VID=$(curl -s ${url}/api/sms/verify/start/ ${call} -d '{"to_phone":"${phone}"}' | ${field('verification_id')})`,
    backend === 'twilio-verify'
      ? `  CODE=$(curl -s '${simulator}/_simulator/verifications?to=${to}' | ${field('code')})`
      : `  CODE=$(curl -s '${simulator}/_simulator/messages?to=${to}' | ${firstDigits})`,
    `  curl -s ${url}/api/sms/verify/check/ ${call} -d "{\\"verification_id\\":\\"$VID\\",\\"code\\":\\"$CODE\\"}"`,
    '',
    `  ${dim('Ctrl-C stops everything.')}`,
    '',
  ].join('\n')
}

// Our own codes stand in a text like any other; the last text is the last in the list.
const firstDigits = String.raw`sed 's/.*"body":"[^"]*\([0-9]\{6\}\).*/\1/'`

function bold(text: string): string {
  return paint('strong', text)
}

function dim(text: string): string {
  return paint('quiet', text)
}

/** Takes one field out of a line of JSON with what every shell has. */
function field(name: string): string {
  return `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`
}
