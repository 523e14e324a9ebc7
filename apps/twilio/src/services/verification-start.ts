import type { KeyObject } from 'node:crypto'
import type { Settings } from '../config.ts'
import type { Logger } from '../domain/log.ts'
import { isOptedOut } from '../domain/opt-out.ts'
import { maskPhone } from '../domain/phone.ts'
import type { Clock, Instant } from '../domain/time.ts'
import { endingOf, type Verification } from '../domain/verification.ts'
import { StorageError } from '../storage/errors.ts'
import type { Store, Tables, VerificationStore } from '../storage/store.ts'
import type { CodeBackend, CodeSent } from './code-backend.ts'
import { defaultSenderOf } from './default-sender.ts'
import { patienceFor, patienceMs } from './patience.ts'
import { readStart, type StartInput, type StartRequest, type StartResult } from './start-request.ts'
import type { Limits, Throttles } from './throttles.ts'
import { endVerification, verificationEvent } from './verification-events.ts'

/** The parts that starting is made of. */
export interface StartParts {
  settings: Settings
  store: Store
  throttles: Throttles
  backend: CodeBackend
  /** Keys the hashes of client addresses. */
  clientsKey: KeyObject
  clock: Clock
  newId: () => string
  logger: Logger
}

/** A send that is counted and on disk, though the carrier may not know of it yet. */
interface Reserved {
  kind: 'reserved'
  verification: Verification
  isNew: boolean
  optedOut: boolean
  nextAt: Instant
  /** As of when the send is counted. */
  takenAt: Instant
}

/** Starts and resends over one backend. */
export function createStart(parts: StartParts): (input: StartInput) => Promise<StartResult> {
  const { settings, store, throttles, backend, clock, newId, logger } = parts
  const { lifetimeSeconds, maxAttempts, maxSends } = settings.verification

  /** The verification that this start repeats, if there is one. */
  async function findRunning(
    verifications: VerificationStore,
    request: StartRequest,
  ): Promise<Verification | undefined> {
    const now = clock.now()
    const { toPhone, purpose, verificationId, clientKey } = request
    let found: Verification | undefined
    if (verificationId !== undefined) {
      found = await verifications.find(verificationId)
    } else if (clientKey !== undefined) {
      found = await verifications.findPending({ toPhone, purpose, clientKey, now })
    }
    if (found?.toPhone !== toPhone || found.purpose !== purpose) return undefined
    if (found.backend !== backend.name || endingOf(found, now, maxAttempts)) return undefined
    return found
  }

  /** Everything that must hold in the transaction that counts the send. */
  async function reserve(
    tables: Tables,
    limits: Limits,
    request: StartRequest,
  ): Promise<Reserved | StartResult> {
    const running = await findRunning(tables.verifications, request)
    if (!running && request.verificationId !== undefined) return { kind: 'verification-not-found' }
    if (running && running.sends >= maxSends) {
      const waitMs = running.expiresAt - clock.now()
      return { kind: 'throttled', retryAfterSeconds: Math.ceil(waitMs / 1_000) }
    }
    const taken = limits.take(claimsOf(request))
    if (taken.kind === 'refused') return throttledBy(taken)

    const now = clock.now()
    const verification = running
      ? { ...running, sends: running.sends + 1, lastSentAt: now }
      : begin(request, now)
    if (!running) {
      await tables.verifications.insert(verification)
    } else if (!(await tables.verifications.countSend(running.id, now, maxSends))) {
      // Its deadline came between the two statements.
      return { kind: 'throttled', retryAfterSeconds: 1 }
    }
    const kind = running ? 'resent' : 'started'
    await tables.verificationEvents.append([verificationEvent(verification, kind, now)])
    const { toPhone } = request
    // Which sender a code of the carrier's comes from, nobody knows: he keeps its blocks himself.
    const sender = backend.name === 'own-codes' ? defaultSenderOf(settings) : {}
    const optedOut = isOptedOut(await tables.optOuts.find([toPhone]), { toPhone, ...sender })
    if (!optedOut) await backend.write(tables, verification, request)
    const { nextAt, at: takenAt } = taken
    return { kind: 'reserved', verification, isNew: !running, optedOut, nextAt, takenAt }
  }

  function begin(request: StartRequest, now: Instant): Verification {
    const { toPhone, purpose, channel, locale, clientKey } = request
    return {
      id: newId(),
      toPhone,
      purpose,
      channel,
      locale,
      backend: backend.name,
      status: 'pending',
      providerSid: undefined,
      secretId: backend.secretId,
      clientKey,
      sends: 1,
      attempts: 0,
      lastSentAt: now,
      expiresAt: now + lifetimeSeconds * 1_000,
      endedAt: undefined,
      createdAt: now,
    }
  }

  /** Hands the code over after the commit. An opted-out phone gets the same answer and no code. */
  async function send(reserved: Reserved, request: StartRequest): Promise<StartResult> {
    const { verification, optedOut, nextAt } = reserved
    let { expiresAt } = verification
    if (!optedOut) {
      const sent = await backend.send(verification, request)
      if (sent.kind !== 'sent') return giveUp(reserved, request, sent)
      if (sent.carrier) {
        const { providerSid } = sent.carrier
        expiresAt = sent.carrier.expiresAt
        await store.transaction(
          (tables) => tables.verifications.setProviderSid(verification.id, providerSid, expiresAt),
          { patienceMs },
        )
      }
    }
    const sendsLeft = Math.max(0, maxSends - verification.sends)
    return {
      kind: 'started',
      verificationId: verification.id,
      toPhone: verification.toPhone,
      channel: request.channel,
      expiresAt,
      resendAfter: sendsLeft > 0 ? nextAt : Math.max(nextAt, expiresAt),
      sendsLeft,
    }
  }

  async function giveUp(
    { verification, isNew, takenAt }: Reserved,
    request: StartRequest,
    sent: Exclude<CodeSent, { kind: 'sent' }>,
  ): Promise<StartResult> {
    // The code may have left: the row stays, and starting again sends the same one.
    if (sent.kind === 'unavailable') return sent
    await store.transaction(
      async (tables) => {
        if (isNew)
          await endVerification(tables, verification, { status: 'canceled', at: clock.now() })
        // A carrier that is asked too often stays protected by what was counted.
        if (sent.kind === 'throttled') return
        await throttles.giveBack(tables.throttles, request.codeClaims, takenAt)
      },
      { patienceMs },
    )
    return sent.kind === 'refused' ? { kind: 'unavailable' } : sent
  }

  async function run(request: StartRequest): Promise<StartResult> {
    const claims = claimsOf(request)
    const known = throttles.precheck(claims)
    if (known.kind === 'refused') return throttledBy(known)
    // Looked up before the transaction too: a flood of made-up ids must not queue for the write lock.
    const isNamed = request.verificationId !== undefined
    if (isNamed && !(await findRunning(store.verifications, request))) {
      return { kind: 'verification-not-found' }
    }
    const whenDown = settings.throttles.whenUnavailable.codes
    const reserved = await throttles.guard<Reserved | StartResult>(
      (work, isSecond) =>
        store.transaction(work, { patienceMs: patienceFor({ whenDown, isSecond }) }),
      { claims, whenDown },
      (tables, limits) => reserve(tables, limits, request),
    )
    if (reserved.kind !== 'reserved') return reserved
    return send(reserved, request)
  }

  return async (input) => {
    const request = readStart(input, settings, backend, parts.clientsKey)
    if (request.kind !== 'request') return request
    const subject = { to: maskPhone(request.toPhone), purpose: request.purpose }
    try {
      const result = await run(request)
      logger.info({ event: 'verification-start', result: result.kind, ...subject }, 'start')
      return result
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      logger.error({ event: 'start-failed', error: error.message, ...subject }, 'start failed')
      return { kind: 'unavailable' }
    }
  }
}

function claimsOf(request: StartRequest) {
  return [...request.addressClaims, ...request.codeClaims]
}

function throttledBy(refusal: { retryAfterSeconds: number }): StartResult {
  return { kind: 'throttled', retryAfterSeconds: refusal.retryAfterSeconds }
}
