import { type CodeCategory, describeCode } from '@hsb/twilio-sms'

/** What is left to a person, by what an error is about. Markdown. */
export const advice: Record<CodeCategory, string> = {
  account: 'look at the account in Twilio’s console: suspended, unpaid, limited or still on trial',
  auth: 'mend `twilio.accountSid`, `twilio.authToken` or `twilio.apiKey` and restart',
  carrier: 'nothing for one phone; where many fail, ask Twilio with the SIDs',
  channel: 'look at the sender of that channel in Twilio’s console',
  compliance: 'register the sender for the country (A2P 10DLC, toll-free verification, sender ID)',
  content: 'change the text',
  expired: 'nothing; send again if it still matters',
  fraud: 'look who sends to that country; set limits on segments and countries',
  'geo-permission': 'switch the country on in Twilio’s console, or off in `messages.countries`',
  lookup: 'nothing: the app makes no look-ups',
  'messaging-service': 'look at the senders of the Messaging Service',
  'not-found': 'compare the SIDs of the settings with the account',
  'opt-out': 'send nothing more to this phone until its owner has replied START',
  platform: 'look at status.twilio.com; nothing else',
  'rate-limit': 'set `delivery.pace` to what the sender may send',
  recipient: 'check the number with its owner',
  request: 'compare the request with the message of the event; tell us, if it is ours',
  schedule: 'use `send_at` of this app: it sends nothing ahead of time',
  sender: 'set `twilio.defaultFrom` or `from_phone` to a sender of the account',
  template: 'look at the template in Twilio’s console',
  unknown: 'look the code up at Twilio',
  verify: 'look at the Verify service in Twilio’s console',
  voice: 'nothing for texts; a verification by call: try another channel',
  webhook: 'see [webhooks.md](webhooks.md)',
}

/** What an error code of Twilio means to whoever reads it. */
export interface ErrorWords {
  code: number
  meaning: string | null
  /** What it is about, such as `carrier` or `content`. */
  class: string
  advice: string
}

/** The words for a code; `meaning` is null where it is not known here. */
export function errorWords(code: number): ErrorWords {
  const { known, meaning, category } = describeCode(code)
  return { code, meaning: known ? meaning : null, class: category, advice: advice[category] }
}
