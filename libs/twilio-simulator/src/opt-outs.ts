// https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: the words Twilio obeys by itself.
const stopWords = new Set([
  'STOP',
  'STOPALL',
  'UNSUBSCRIBE',
  'CANCEL',
  'END',
  'QUIT',
  'REVOKE',
  'OPTOUT',
])
const startWords = new Set(['START', 'YES', 'UNSTOP'])

/** Who said STOP to whom. The block holds for one sender, or for a service with its whole pool. */
export interface OptOuts {
  /** Notes what a phone wrote, if it is one of the words: alone, in any case. */
  hear(phone: string, sender: string, body: string): void
  has(phone: string, sender: string): boolean
  /** The senders, and services, that a phone has said STOP to. */
  of(phone: string): string[]
  clear(): void
}

export function createOptOuts(): OptOuts {
  const blocked = new Set<string>()
  return {
    hear(phone, sender, body) {
      const word = body.trim().toUpperCase()
      if (stopWords.has(word)) blocked.add(`${phone} ${sender}`)
      if (startWords.has(word)) blocked.delete(`${phone} ${sender}`)
    },
    of: (phone) =>
      [...blocked].flatMap((pair) =>
        pair.startsWith(`${phone} `) ? pair.slice(phone.length + 1) : [],
      ),
    has: (phone, sender) => blocked.has(`${phone} ${sender}`),
    clear() {
      blocked.clear()
    },
  }
}
