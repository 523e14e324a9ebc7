/** What a colour means: never the only bearer of it, the word stands beside. */
export type Tone = 'ok' | 'bad' | 'warn' | 'info' | 'quiet'

const tones = new Map<string, Tone>([
  ...['delivered', 'approved', 'read', 'received'].map((one) => [one, 'ok'] as const),
  ...['undelivered', 'failed', 'expired'].map((one) => [one, 'bad'] as const),
  ...['in_doubt', 'canceled', 'max_attempts_reached'].map((one) => [one, 'warn'] as const),
  ...['sent', 'sending', 'accepted', 'pending'].map((one) => [one, 'info'] as const),
])

/** The tone of a status of a message or a verification, in upper or lower case. */
export function toneOf(status: string): Tone {
  return tones.get(status.toLowerCase()) ?? 'quiet'
}

/** A status: a dot of its tone and its word. */
export function Badge({ status, tone = toneOf(status) }: { status: string; tone?: Tone }) {
  return <span class={`badge ${tone}`}>{status.toLowerCase().replaceAll('_', ' ')}</span>
}
