import { type CodeCategory, type CodeDescription, listCodes } from '@hsb/twilio-sms'
import { advice } from '../../../src/provider/error-advice.ts'
import { retryOf } from '../../../src/provider/twilio.ts'

/** What the app does with an answer of Twilio that carries this code. */
function action(code: CodeDescription): string {
  if (code.category === 'verify') return 'tells'
  if (code.phase === 'webhook') return 'nothing'
  if (code.retry === 'reconcile') return 'in doubt'
  const afterwards = code.category === 'opt-out' ? 'final, opted out' : 'final'
  if (code.phase === 'delivery') return afterwards
  const retry = retryOf(code)
  return retry === 'never' ? afterwards : retry === 'hold' ? 'holds' : `tries again, ${retry}`
}

const head = `# Troubleshooting by Twilio’s error code

A message shows the code in \`error_code\`, each event of it too; a verification shows it in the log. Look it up here, or at \`https://www.twilio.com/docs/api/errors/CODE\`.

This page is made from the table that the code decides by, and compared with it by a test. The words are ours. Twilio adds codes at any time: one that is not here is judged by its HTTP status (429: again later; 401, 403: held; other 4xx: final; 5xx: in doubt), or as a failed delivery where it comes in a callback.

| the app | means |
|---|---|
| final | the message is \`FAILED\` or \`UNDELIVERED\` and stays so |
| final, opted out | the same, and the phone is remembered: the next send is answered 409 \`opted-out\` |
| tries again, backoff | by itself, after 1 s to 1 minute, until the message expires |
| tries again, delayed | by itself, after 1 minute to 1 hour, until the message expires |
| holds | no message is lost: all wait and are tried every 30 s to 5 minutes until the account is mended, or they expire |
| in doubt | the message is \`IN_DOUBT\`: it is looked up before it is sent again, see [delivery.md](delivery.md) |
| tells | the caller of the verification gets a problem or an outcome; nothing is repeated |
| nothing | Twilio shows it in its own debugger only |

This is what happens when Twilio refuses the call. A code that comes later, with the status of a message that Twilio took, is final always.

Before you look for a code: \`/readyz\` says whether database, queue and Twilio are there, the log has one line for each thing that went wrong, and \`GET /api/sms/{id}/status/\` shows everything that happened to a message.
`

/** docs/troubleshooting.md. */
export function errorsPage(): string {
  const rows = listCodes().map(
    (code) =>
      `| ${code.code} | ${code.meaning.replaceAll('|', '\\|')} | ${code.category} | ${action(code)} |`,
  )
  const used = new Set(listCodes().map(({ category }) => category))
  const tips = Object.entries(advice)
    .filter(([category]) => used.has(category as CodeCategory))
    .map(([category, words]) => `| ${category} | ${words} |`)
  return [
    head,
    '## What you do\n',
    '| about | you |\n|---|---|',
    ...tips,
    '\n## The codes\n',
    '| code | meaning | about | the app |\n|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
