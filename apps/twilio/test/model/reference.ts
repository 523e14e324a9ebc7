// What the API is meant to do, in as few words as possible: lists and plain rules, nothing shared with
// the code that it judges. Times are seconds since the start of a sequence.

/** The figures that the app under test is set up with. */
export const figures = {
  messagesPerPhone: [{ limit: 4, windowSeconds: 600 }],
  codesPerPhone: [
    { limit: 1, windowSeconds: 30 },
    { limit: 4, windowSeconds: 600 },
  ],
  guessesPerPhone: [{ limit: 6, windowSeconds: 3_600 }],
  lifetimeSeconds: 300,
  maxAttempts: 3,
  maxSends: 3,
  expireAfterSeconds: 7_200,
  keyLifetimeSeconds: 7 * 86_400,
}

type Rules = readonly { limit: number; windowSeconds: number }[]

/** What an answer has to be: its status, and the word that tells it from others of that status. */
export interface Expected {
  status: number
  word?: string
  retryAfterSeconds?: number
  /** Which message or verification it is about, by number. */
  about?: number
  attemptsLeft?: number
  replayed?: boolean
}

interface Text {
  phone: string
  status: string
  expiresAt: number
  hasSid: boolean
  /** Callbacks that were stored, each once. */
  words: Set<string>
}

interface Proof {
  phone: string
  isApproved: boolean
  sends: number
  attempts: number
  expiresAt: number
}

const ranks: Record<string, number> = {
  QUEUED: 0,
  EXPIRED: 4,
  ACCEPTED: 2,
  SENT: 3,
  DELIVERED: 4,
  UNDELIVERED: 4,
  FAILED: 4,
  READ: 5,
}

/** What has happened so far, and what each command does to it. */
export interface Reference {
  now: number
  texts: Text[]
  proofs: Proof[]
  send(phone: string, words: string, key: string | undefined): Expected
  /** The worker does what is due. */
  deliver(): void
  callback(about: number, status: string): Expected
  status(about: number): Expected
  /** Where two refusals apply, which one is told first is nobody's business. */
  start(phone: string, resent: number | undefined): Expected[]
  check(about: number, isRight: boolean): Expected
}

/** The model before anything has happened. */
export function createReference(): Reference {
  const keys = new Map<string, { meaning: string; text: number; at: number }>()
  const hits = new Map<string, number[]>()

  /** Seconds until one more fits under every rule; 0 when it fits now. */
  function wait(key: string, rules: Rules): number {
    const past = hits.get(key) ?? []
    const waits = rules.map(({ limit, windowSeconds }) => {
      const counted = past.filter((at) => at > model.now - windowSeconds)
      const blocking = counted.at(-limit)
      return blocking === undefined ? 0 : blocking + windowSeconds - model.now
    })
    return Math.max(...waits)
  }

  function count(key: string): void {
    hits.set(key, [...(hits.get(key) ?? []), model.now])
  }

  function isRunning(proof: Proof | undefined): proof is Proof {
    if (proof === undefined || proof.isApproved) return false
    return model.now < proof.expiresAt && proof.attempts < figures.maxAttempts
  }

  const model: Reference = {
    now: 0,
    texts: [],
    proofs: [],
    send(phone: string, words: string, key: string | undefined): Expected {
      const meaning = `${phone} ${words}`
      const used = key === undefined ? undefined : keys.get(key)
      if (used && used.at >= model.now - figures.keyLifetimeSeconds) {
        if (used.meaning !== meaning) return { status: 422, word: 'idempotency-key-reused' }
        return {
          status: 202,
          word: model.texts[used.text]?.status ?? '',
          about: used.text,
          replayed: true,
        }
      }
      const waits = wait(`send ${phone}`, figures.messagesPerPhone)
      if (waits > 0) return { status: 429, word: 'throttled', retryAfterSeconds: waits }
      count(`send ${phone}`)
      const about = model.texts.length
      const expiresAt = model.now + figures.expireAfterSeconds
      model.texts.push({ phone, status: 'QUEUED', expiresAt, hasSid: false, words: new Set() })
      if (key !== undefined) keys.set(key, { meaning, text: about, at: model.now })
      return { status: 202, word: 'QUEUED', about, replayed: false }
    },

    deliver(): void {
      for (const text of model.texts.filter((one) => one.status === 'QUEUED')) {
        text.hasSid = model.now < text.expiresAt
        text.status = text.hasSid ? 'ACCEPTED' : 'EXPIRED'
      }
    },

    callback(about: number, status: string): Expected {
      const text = model.texts[about]
      if (text && (ranks[status] ?? 0) > (ranks[text.status] ?? 0)) text.status = status
      text?.words.add(status)
      return { status: 204 }
    },

    status(about: number): Expected {
      const text = model.texts[about]
      return text
        ? { status: 200, word: text.status, about }
        : { status: 404, word: 'message-not-found' }
    },

    start(phone: string, resent: number | undefined): Expected[] {
      const proof = resent === undefined ? undefined : model.proofs[resent]
      const waits = wait(`code ${phone}`, figures.codesPerPhone)
      const throttled = { status: 429, word: 'throttled', retryAfterSeconds: waits }
      if (resent !== undefined && (!isRunning(proof) || proof.phone !== phone)) {
        const unknown = { status: 404, word: 'verification-not-found' }
        return waits > 0 ? [unknown, throttled] : [unknown]
      }
      if (proof && proof.sends >= figures.maxSends) {
        const over = { ...throttled, retryAfterSeconds: proof.expiresAt - model.now }
        return waits > 0 ? [over, throttled] : [over]
      }
      if (waits > 0) return [throttled]
      count(`code ${phone}`)
      if (proof) proof.sends++
      else {
        const expiresAt = model.now + figures.lifetimeSeconds
        model.proofs.push({ phone, isApproved: false, sends: 1, attempts: 0, expiresAt })
      }
      return [{ status: 202, word: 'pending', about: resent ?? model.proofs.length - 1 }]
    },

    check(about: number, isRight: boolean): Expected {
      const proof = model.proofs[about]
      if (!proof) return { status: 200, word: 'not-found' }
      if (proof.isApproved) return { status: 200, word: 'already-used' }
      if (model.now >= proof.expiresAt) return { status: 200, word: 'expired' }
      if (proof.attempts >= figures.maxAttempts) return { status: 200, word: 'too-many-attempts' }
      const key = `guess ${proof.phone}`
      const waits = wait(key, figures.guessesPerPhone)
      if (waits > 0) return { status: 429, word: 'throttled', retryAfterSeconds: waits }
      proof.attempts++
      if (isRight) {
        proof.isApproved = true
        return { status: 200, word: 'approved' }
      }
      count(key)
      return { status: 200, word: 'incorrect', attemptsLeft: figures.maxAttempts - proof.attempts }
    },
  }
  return model
}
