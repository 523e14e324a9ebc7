import { readCallbackUrl } from './callback-url.ts'
import type { CallbackTarget, Overrides } from './callback-url.ts'
import type { Clock } from './clock.ts'
import type { Settings } from './settings.ts'
import { failureKind } from './post.ts'
import type { CallbackEntry, RequestLog } from './request-log.ts'
import { signForm } from './signature.ts'
import type { Dice } from './sids.ts'
import { createWork } from './work.ts'
import type { Work } from './work.ts'

/** Something to be posted to the user's webhook. */
export interface Callback {
  url: string
  form: URLSearchParams
  messageSid: string
  messageStatus: string
  signature: 'right' | 'wrong'
}

export interface Callbacks {
  /** Resolves after the first try; retries follow on the clock. */
  send(callback: Callback): Promise<void>
  /** Resolves when no post is in flight. */
  settled(): Promise<void>
}

interface Attempt {
  callback: Callback
  target: CallbackTarget
  number: number
  startedAt: number
  token: string
}

/** What a try came to: an HTTP status, no connection, or no answer in time. */
type Outcome = number | 'ct' | 'rt'

export function createCallbacks(tools: {
  settings: Settings
  clock: Clock
  work: Work
  dice: Dice
  log: RequestLog
}): Callbacks {
  const { settings, clock, work, dice, log } = tools
  const posts = createWork()

  const perform = async (attempt: Attempt): Promise<void> => {
    const outcome = await posts.run(async () => work.run(async () => post(attempt)))
    const { overrides } = attempt.target
    if (attempt.number > overrides.retries || !mayRetry(outcome, overrides)) return
    const waits = settings.callbackRetryWaitsMs
    const waitMs = waits[Math.min(attempt.number, waits.length) - 1] ?? 0
    if (clock.now().getTime() + waitMs - attempt.startedAt > overrides.totalMs) return
    clock.after(waitMs, async () => perform({ ...attempt, number: attempt.number + 1 }))
  }

  const post = async ({
    callback,
    target,
    number,
    startedAt,
    token,
  }: Attempt): Promise<Outcome> => {
    const { form, messageSid, messageStatus } = callback
    const authToken = settings.authToken + (callback.signature === 'wrong' ? '?' : '')
    const signature = signForm(authToken, target.signedUrl, form)
    const entry: CallbackEntry = {
      id: log.nextId(),
      kind: 'callback',
      time: clock.now(),
      method: 'POST',
      url: target.requestUrl,
      path: new URL(target.requestUrl).pathname,
      form,
      signature,
      messageSid,
      messageStatus,
      attempt: number,
      status: undefined,
      answer: undefined,
      error: undefined,
      durationMs: undefined,
    }
    log.add(entry)
    const request = new Request(target.requestUrl, {
      method: 'POST',
      headers: {
        accept: '*/*',
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'x-twilio-signature': signature,
        'i-twilio-idempotency-token': token,
        ...(target.authorization ? { authorization: target.authorization } : {}),
      },
      body: form.toString(),
    })
    const { connectMs, readMs, totalMs } = target.overrides
    const leftMs = Math.max(1, startedAt + totalMs - clock.now().getTime())
    try {
      const limits = { connectMs: Math.min(connectMs, leftMs), readMs: Math.min(readMs, leftMs) }
      const answer = await settings.poster.post(request, limits)
      entry.status = answer.status
      // Half an answer is an answer: such a try is not repeated.
      entry.answer = (await answer.text().catch(() => '')).slice(0, 1000)
      return answer.status
    } catch (error) {
      entry.error = error instanceof Error ? error.message : String(error)
      return failureKind(error)
    } finally {
      entry.durationMs = clock.now().getTime() - entry.time.getTime()
      log.changed()
    }
  }

  return {
    async send(callback) {
      const target = readCallbackUrl(callback.url)
      if (!target) return
      const startedAt = clock.now().getTime()
      await perform({ callback, target, number: 1, startedAt, token: uuid(dice) })
    },
    settled: async () => posts.idle(),
  }
}

function mayRetry(outcome: Outcome, { retryOn }: Overrides): boolean {
  if (typeof outcome === 'number' && outcome < 400) return false
  if (retryOn.has('all')) return true
  if (typeof outcome === 'string') return retryOn.has(outcome)
  return retryOn.has(outcome < 500 ? '4xx' : '5xx')
}

function uuid(dice: Dice): string {
  return dice.sid('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
