import type { Settings } from '../config.ts'
import type { NewAuditEntry } from '../domain/audit.ts'
import type { Message } from '../domain/message.ts'
import { isOptedOut } from '../domain/opt-out.ts'
import { throttleKeys } from '../domain/throttle.ts'
import type { Clock } from '../domain/time.ts'
import type { Tables } from '../storage/store.ts'
import type { Claim } from './claims.ts'
import type { Checked, SendResult } from './message-checks.ts'
import type { Draft, Outbox } from './outbox.ts'
import type { Limits } from './throttles.ts'

/** A send that only the database and the limits can still refuse. */
export interface Acceptable extends Checked {
  claims: Claim[]
}

/** How long an `Idempotency-Key` is remembered. */
export const keyLifetimeMs = 7 * 86_400_000

/**
 * Everything that must hold in the transaction that writes the message. With `assumesNoOptOut` it may
 * fail with an `AssumptionError`, and is to be run again without.
 */
export async function acceptAll(
  tables: Tables,
  limits: Limits,
  group: Acceptable[],
  parts: { outbox: Outbox; clock: Clock; assumesNoOptOut?: boolean },
): Promise<SendResult[]> {
  const phonesOf = (some: Acceptable[]) => some.map((one) => one.draft.toPhone)
  const assumeNone = parts.assumesNoOptOut === true ? tables.optOuts.assumeNone : undefined
  const keys = group.flatMap((one) => one.draft.idempotencyKey ?? [])
  const used =
    keys.length > 0
      ? await tables.messages.findKeyUses(keys, parts.clock.now() - keyLifetimeMs)
      : []
  const uses = new Map<string, { requestHash: string; message?: Message }>(
    used.map((use) => [use.idempotencyKey, use]),
  )
  const optedOut = assumeNone ? [] : await tables.optOuts.find(phonesOf(group))
  const results = new Map<Acceptable, SendResult>()
  const accepted: Acceptable[] = []
  const repeated: Acceptable[] = []

  for (const one of group) {
    const { idempotencyKey: key, requestHash } = one.draft
    const use = key === undefined ? undefined : uses.get(key)
    if (use && use.requestHash !== requestHash) {
      results.set(one, { kind: 'idempotency-key-reused' })
    } else if (use) {
      repeated.push(one)
    } else if (one.tooLate) {
      results.set(one, one.tooLate)
    } else if (isOptedOut(optedOut, one.draft)) {
      results.set(one, { kind: 'opted-out' })
    } else {
      const verdict = limits.take(one.claims)
      if (verdict.kind === 'refused') {
        results.set(one, throttled(verdict))
      } else {
        accepted.push(one)
        if (key !== undefined && requestHash !== undefined) uses.set(key, { requestHash })
      }
    }
  }

  if (accepted.length > 0) await assumeNone?.(phonesOf(accepted))
  const written = await parts.outbox.write(
    tables,
    accepted.map((one) => one.draft),
  )
  accepted.forEach((one, i) => {
    const message = written[i]
    if (!message) throw new Error('the outbox answered too few messages')
    results.set(one, { kind: 'accepted', message, replayed: false })
    const use = uses.get(one.draft.idempotencyKey ?? '')
    if (use) use.message = message
  })
  await tables.audit.append(
    accepted.flatMap(({ actor, draft: { resendOf } }, i): NewAuditEntry[] => {
      const message = written[i]
      if (actor === undefined || message === undefined) return []
      const { id, createdAt: at } = message
      if (resendOf === undefined) {
        return [{ actor, action: 'message-sent', subject: id, detail: undefined, at }]
      }
      return [{ actor, action: 'message-resent', subject: resendOf, detail: { sent: id }, at }]
    }),
  )
  for (const one of repeated) {
    const message = uses.get(one.draft.idempotencyKey ?? '')?.message
    if (message) results.set(one, { kind: 'accepted', message, replayed: true })
  }
  return group.map((one) => results.get(one) ?? { kind: 'unavailable' })
}

/** What a message takes from the limits. */
export function claimsOf(
  draft: Draft,
  parts: { settings: Settings; countSegments: (text: string) => number },
): Claim[] {
  const { messagesPerPhone, segmentsTotal } = parts.settings.throttles
  const claims: Claim[] = []
  if (messagesPerPhone.length > 0) {
    claims.push({ key: throttleKeys.send(draft.toPhone), rules: messagesPerPhone })
  }
  if (segmentsTotal.length > 0) {
    const cost = parts.countSegments(draft.message)
    claims.push({ key: throttleKeys.segments(), rules: segmentsTotal, cost })
  }
  return claims
}

/** The answer to a message that a limit refuses. */
export function throttled(refusal: { retryAfterSeconds: number }): SendResult {
  return { kind: 'throttled', retryAfterSeconds: refusal.retryAfterSeconds }
}
