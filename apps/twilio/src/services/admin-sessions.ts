import { createHmac, hash } from 'node:crypto'
import { addressKey } from '../domain/address.ts'
import type { RandomBytes } from '../domain/random.ts'
import { readAccountName, type Role } from '../domain/role.ts'
import { throttleKeys } from '../domain/throttle.ts'
import type { Clock, Instant } from '../domain/time.ts'
import { StorageError } from '../storage/errors.ts'
import type { Store } from '../storage/store.ts'
import type { Claim } from './claims.ts'
import type { Passwords } from './passwords.ts'
import { patienceMs } from './patience.ts'
import type { TakeResult, Throttles } from './throttles.ts'

/** Somebody who is signed in. */
export interface AdminSession {
  name: string
  role: Role
  /** What each request that changes something has to repeat; foreign pages cannot read it. */
  csrfToken: string
  /** It ends at this moment, and before that when nothing is asked for 30 minutes. */
  endsAt: Instant
}

/** How signing in can end. Unknown names and wrong passwords are one answer, after the same time. */
export type SignInResult =
  | { kind: 'signed-in'; token: string; session: AdminSession }
  | { kind: 'refused' }
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'unavailable' }

/** Signing in to the admin pages. */
export interface AdminSessions {
  /** Each time with a new token, whatever the browser brought along. */
  signIn(input: {
    name: string
    password: string
    clientAddress: string | undefined
  }): Promise<SignInResult>
  /** Who holds this token; `undefined` for unknown and ended ones. */
  find(token: string): Promise<AdminSession | undefined>
  signOut(token: string): Promise<void>
  /** Throws away what has ended. */
  sweep(): Promise<number>
}

const idleMs = 30 * 60_000
const longestMs = 12 * 3_600_000
/** Signs of life closer together than this are not written down. */
const beatMs = 60_000
const tokenShape = /^[\w-]{43}$/

const inAQuarter = (limit: number) => [{ limit, windowSeconds: 15 * 60 }]
/** A person who mistypes; one address that goes through names; many addresses that go for one name. */
const limits = {
  mistyped: inAQuarter(5),
  address: inAQuarter(20),
  account: inAQuarter(50),
}

/** The sessions of one app. */
export function createAdminSessions(parts: {
  store: Store
  passwords: Passwords
  throttles: Throttles
  clock: Clock
  randomBytes: RandomBytes
}): AdminSessions {
  const { store, passwords, throttles, clock, randomBytes } = parts

  async function begin(name: string, role: Role): Promise<SignInResult> {
    const now = clock.now()
    const token = Buffer.from(randomBytes(32)).toString('base64url')
    await store.adminSessions.insert({
      idHash: hash('sha256', token),
      name,
      createdAt: now,
      seenAt: now,
    })
    return { kind: 'signed-in', token, session: sessionOf(token, { name, role, createdAt: now }) }
  }

  return {
    async signIn({ name: given, password, clientAddress }) {
      const name = readAccountName(given)
      const claims = claimsOf(name, clientAddress)
      const known = throttles.precheck(claims)
      if (known.kind === 'refused') return throttledBy(known)
      try {
        const taken = await throttles.guard<TakeResult>(
          (work) => store.transaction(work, { patienceMs }),
          { claims, whenDown: 'closed' },
          async (_, counted) => counted.take(claims),
        )
        if (taken.kind === 'refused') return throttledBy(taken)
        const account = name === undefined ? undefined : await store.admins.find(name)
        const verdict = await passwords.check(password, account?.passwordHash)
        if (verdict === 'busy') return { kind: 'unavailable' }
        if (verdict === 'wrong' || account === undefined) return { kind: 'refused' }
        // Who knows the password has not been guessing.
        await store.transaction(
          (tables) => throttles.giveBack(tables.throttles, claims, taken.at),
          { patienceMs },
        )
        return await begin(account.name, account.role)
      } catch (error) {
        if (error instanceof StorageError) return { kind: 'unavailable' }
        throw error
      }
    },

    async find(token) {
      if (!tokenShape.test(token)) return undefined
      const idHash = hash('sha256', token)
      const found = await store.adminSessions.find(idHash)
      const now = clock.now()
      if (!found || now >= found.createdAt + longestMs || now >= found.seenAt + idleMs) {
        return undefined
      }
      if (now >= found.seenAt + beatMs) await store.adminSessions.touch(idHash, now)
      return sessionOf(token, found)
    },

    async signOut(token) {
      if (tokenShape.test(token)) await store.adminSessions.end(hash('sha256', token))
    },

    async sweep() {
      const now = clock.now()
      return store.adminSessions.sweep({
        createdUntil: now - longestMs,
        seenUntil: now - idleMs,
      })
    },
  }
}

function sessionOf(
  token: string,
  account: { name: string; role: Role; createdAt: Instant },
): AdminSession {
  const { name, role, createdAt } = account
  const csrfToken = createHmac('sha256', token).update('hsb-twilio/csrf/v1').digest('base64url')
  return { name, role, csrfToken, endsAt: createdAt + longestMs }
}

/** A name that cannot be one is counted by its address alone: strangers must not fill the counters with it. */
function claimsOf(name: string | undefined, clientAddress: string | undefined): Claim[] {
  const address = addressKey(clientAddress ?? '')
  const claims: Claim[] = [{ key: throttleKeys.signInAddress(address), rules: limits.address }]
  if (name === undefined) return claims
  return [
    ...claims,
    { key: throttleKeys.signIn(`${name}:${address}`), rules: limits.mistyped },
    { key: throttleKeys.signInAccount(name), rules: limits.account },
  ]
}

function throttledBy({ retryAfterSeconds }: { retryAfterSeconds: number }): SignInResult {
  return { kind: 'throttled', retryAfterSeconds }
}
