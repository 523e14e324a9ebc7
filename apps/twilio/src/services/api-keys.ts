import { hash } from 'node:crypto'
import type { ApiScope, Principal } from '../domain/access.ts'
import { hostActor } from '../domain/audit.ts'
import { createIds } from '../domain/id.ts'
import type { RandomBytes } from '../domain/random.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { ApiKey, Store } from '../storage/store.ts'

/** A key as it may be shown: without the key. */
export type ApiKeyFacts = Omit<ApiKey, 'keyHash'>

/** The keys by which programs call the standalone server. */
export interface ApiKeys {
  /** Makes a key. `key` is shown here and never again. */
  create(input: {
    name: string
    scopes: readonly ApiScope[]
    /** Stands in the audit log; default `host`. */
    actor?: string | undefined
  }): Promise<{ id: string; key: string }>
  /** Every key, the revoked ones too. */
  list(): Promise<ApiKeyFacts[]>
  /** Ends a key: here at once, in other processes within 5 seconds. False when there is none to end. */
  revoke(id: string, options?: { actor?: string | undefined }): Promise<boolean>
  /** Who holds this key; `undefined` for unknown and revoked ones. */
  principalOf(key: string): Promise<Principal | undefined>
}

interface Known {
  id: string
  principal: Principal
  until: number
}

// 32 random bytes need no slow hash and no salt: there is nothing to guess.
const keyBytes = 32
const keyShape = /^hsb_[A-Za-z0-9_-]{43}$/
const rememberMs = 5_000
const mostRemembered = 1_000

/** The keys of one app over one table. */
export function createApiKeys(parts: {
  store: Pick<Store, 'transaction' | 'apiKeys'>
  clock: Clock
  randomBytes: RandomBytes
}): ApiKeys {
  const { store, clock, randomBytes } = parts
  const nextId = createIds(clock, randomBytes)
  // Unknown keys are not remembered: strangers could push the known ones out.
  const known = new Map<string, Known>()
  // Raised by each revocation, so that a look-up under way cannot bring a revoked key back.
  let revocations = 0

  return {
    async create({ name, scopes, actor = hostActor }) {
      const key = `hsb_${Buffer.from(randomBytes(keyBytes)).toString('base64url')}`
      const id = nextId()
      const at = clock.now()
      const facts = { id, name, scopes: [...new Set(scopes)], createdAt: at, revokedAt: undefined }
      await store.transaction(async (tables) => {
        await tables.apiKeys.insert({ ...facts, keyHash: hash('sha256', key) })
        const detail = { name, scopes: facts.scopes.join(' ') }
        await tables.audit.append([{ actor, action: 'key-created', subject: id, detail, at }])
      })
      return { id, key }
    },

    async list() {
      return (await store.apiKeys.list()).map(({ id, name, scopes, createdAt, revokedAt }) => ({
        id,
        name,
        scopes,
        createdAt,
        revokedAt,
      }))
    },

    async revoke(id, { actor = hostActor } = {}) {
      const at: Instant = clock.now()
      const revoked = await store.transaction(async (tables) => {
        if (!(await tables.apiKeys.revoke(id, at))) return false
        const action = 'key-revoked'
        await tables.audit.append([{ actor, action, subject: id, detail: undefined, at }])
        return true
      })
      revocations += 1
      for (const [keyHash, one] of known) if (one.id === id) known.delete(keyHash)
      return revoked
    },

    async principalOf(key) {
      if (!keyShape.test(key)) return undefined
      const keyHash = hash('sha256', key)
      const remembered = known.get(keyHash)
      if (remembered && clock.monotonic() < remembered.until) return remembered.principal
      known.delete(keyHash)

      const revocationsBefore = revocations
      // The 5 seconds run from before the look-up: what it answers may be that old.
      const until = clock.monotonic() + rememberMs
      const found = await store.apiKeys.findByHash(keyHash)
      if (!found || found.revokedAt !== undefined) return undefined
      const principal: Principal = { id: found.id, scopes: found.scopes }
      if (revocations === revocationsBefore) {
        if (known.size >= mostRemembered) forgetOldest(known)
        known.set(keyHash, { id: found.id, principal, until })
      }
      return principal
    },
  }
}

function forgetOldest(known: Map<string, Known>): void {
  for (const keyHash of known.keys()) {
    known.delete(keyHash)
    return
  }
}
