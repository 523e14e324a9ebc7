import { readAccountName, type Role } from '../domain/role.ts'
import type { Clock, Instant } from '../domain/time.ts'
import type { Store } from '../storage/store.ts'
import type { Passwords } from './passwords.ts'

/** Somebody who may sign in to the admin pages, as he may be shown. */
export interface AdminAccountFacts {
  name: string
  role: Role
  createdAt: Instant
  /** When role or password were last set. */
  changedAt: Instant
}

/** How setting a name, a role or a password can end. */
export type AccountResult =
  | { kind: 'done'; name: string }
  | { kind: 'invalid-name' }
  | { kind: 'weak-password'; detail: string }
  | { kind: 'name-taken' }
  | { kind: 'account-not-found' }

/** Who may sign in to the admin pages of the standalone server. */
export interface AdminAccounts {
  /** `name`: letters, digits and `._@+-`, up to 64; `password`: 12 to 128 characters. */
  add(input: { name: string; password: string; role: Role }): Promise<AccountResult>
  /** Also ends what the account is signed in with. */
  setPassword(name: string, password: string): Promise<AccountResult>
  /** Holds from the next request on. */
  setRole(name: string, role: Role): Promise<AccountResult>
  /** Also ends what the account is signed in with. */
  remove(name: string): Promise<AccountResult>
  /** By name. */
  list(): Promise<AdminAccountFacts[]>
}

const shortest = 12
const longest = 128

/** The accounts of one app. */
export function createAdminAccounts(parts: {
  store: Store
  passwords: Passwords
  clock: Clock
}): AdminAccounts {
  const { store, passwords, clock } = parts

  return {
    async add({ name: given, password, role }) {
      const weak = weaknessOf(password, given)
      if (weak) return weak
      return change(
        given,
        async (name) => {
          const now = clock.now()
          const passwordHash = await passwords.hash(password)
          return store.admins.insert({ name, passwordHash, role, createdAt: now, changedAt: now })
        },
        'name-taken',
      )
    },

    async setPassword(given, password) {
      const weak = weaknessOf(password, given)
      if (weak) return weak
      return change(given, async (name) => {
        const passwordHash = await passwords.hash(password)
        return store.transaction(async ({ admins, adminSessions }) => {
          await adminSessions.endAll(name)
          return admins.update(name, { passwordHash, changedAt: clock.now() })
        })
      })
    },

    setRole: (given, role) =>
      change(given, (name) => store.admins.update(name, { role, changedAt: clock.now() })),

    remove: (given) =>
      change(given, (name) =>
        store.transaction(async ({ admins, adminSessions }) => {
          await adminSessions.endAll(name)
          return admins.remove(name)
        }),
      ),

    async list() {
      return (await store.admins.list()).map(({ name, role, createdAt, changedAt }) => ({
        name,
        role,
        createdAt,
        changedAt,
      }))
    },
  }
}

/** Runs `work` under the one spelling of a name, and says why it could not be done. */
async function change(
  given: string,
  work: (name: string) => Promise<boolean>,
  otherwise: 'name-taken' | 'account-not-found' = 'account-not-found',
): Promise<AccountResult> {
  const name = readAccountName(given)
  if (name === undefined) return { kind: 'invalid-name' }
  return (await work(name)) ? { kind: 'done', name } : { kind: otherwise }
}

const weak = (detail: string) => ({ kind: 'weak-password', detail }) as const

/** Length is what counts (NIST SP 800-63B, 3.1.1); a password that names its account is none. */
function weaknessOf(
  password: string,
  name: string,
): Extract<AccountResult, { kind: 'weak-password' }> | undefined {
  const size = Array.from(password.normalize('NFKC')).length
  if (size < shortest) return weak(`it has fewer than ${shortest} characters`)
  if (size > longest) return weak(`it has more than ${longest} characters`)
  if (new Set(password).size < 5) return weak('it repeats a few characters')
  if (name !== '' && password.toLowerCase().includes(name.trim().toLowerCase())) {
    return weak('it holds the name of the account')
  }
  return undefined
}
