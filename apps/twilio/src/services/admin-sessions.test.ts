import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTestClock, type TestClock } from '../../test/clock.ts'
import { silentLogger } from '../domain/log.ts'
import { openSqlite } from '../storage/engines/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { type AdminAccounts, createAdminAccounts } from './admin-accounts.ts'
import { type AdminSessions, createAdminSessions, type SignInResult } from './admin-sessions.ts'
import { createPasswords } from './passwords.ts'
import { createThrottles } from './throttles.ts'

const password = 'correct horse battery staple'
const minute = 60_000
const home = '192.0.2.7'

interface Bench {
  store: Store
  clock: TestClock
  accounts: AdminAccounts
  sessions: AdminSessions
  signIn: (input?: { name?: string; password?: string; from?: string }) => Promise<SignInResult>
}

async function onBench(run: (bench: Bench) => Promise<void>): Promise<void> {
  const store = openSqlite(':memory:')
  await store.migrate()
  const clock = createTestClock()
  let drawn = 0
  const randomBytes = (size: number) => new Uint8Array(size).fill((drawn += 1))
  const passwords = createPasswords(randomBytes, 4)
  const throttles = createThrottles({ clock, store: 'database', logger: silentLogger })
  const accounts = createAdminAccounts({ store, passwords, clock })
  const sessions = createAdminSessions({ store, passwords, throttles, clock, randomBytes })
  await accounts.add({ name: 'anna', password, role: 'operator' })
  try {
    await run({
      store,
      clock,
      accounts,
      sessions,
      signIn: ({ name = 'anna', password: given = password, from = home } = {}) =>
        sessions.signIn({ name, password: given, clientAddress: from }),
    })
  } finally {
    await store.close()
  }
}

async function tokenOf(signedIn: Promise<SignInResult>): Promise<string> {
  const result = await signedIn
  assert.ok(result.kind === 'signed-in', result.kind)
  return result.token
}

describe('signing in to the admin pages', () => {
  it('takes the password in any spelling of the name', () =>
    onBench(async ({ sessions, signIn }) => {
      const result = await signIn({ name: ' Anna ' })
      assert.ok(result.kind === 'signed-in')
      const found = await sessions.find(result.token)
      assert.deepEqual(found, result.session)
      assert.deepEqual([found?.name, found?.role], ['anna', 'operator'])
    }))

  it('answers a wrong password and an unknown name alike', () =>
    onBench(async ({ signIn }) => {
      const refused = { kind: 'refused' }
      assert.deepEqual(await signIn({ password: `${password}.` }), refused)
      assert.deepEqual(await signIn({ name: 'bert' }), refused)
      assert.deepEqual(await signIn({ name: "' or 1=1 --" }), refused)
    }))

  it('gives a new token each time, and keeps none', () =>
    onBench(async ({ store, sessions, signIn }) => {
      const [first, second] = [await tokenOf(signIn()), await tokenOf(signIn())]
      assert.notEqual(first, second)
      assert.equal(await store.adminSessions.find(first), undefined)
      await sessions.signOut(first)
      assert.equal(await sessions.find(first), undefined)
      assert.ok(await sessions.find(second))
    }))

  it('refuses the sixth wrong password in a quarter of an hour, and the right one too', () =>
    onBench(async ({ clock, signIn }) => {
      for (let i = 0; i < 5; i++) assert.equal((await signIn({ password: `${i}` })).kind, 'refused')
      assert.deepEqual(await signIn(), { kind: 'throttled', retryAfterSeconds: 900 })
      assert.equal((await signIn({ from: '198.51.100.9' })).kind, 'signed-in')
      await clock.advance(15 * minute - 1)
      assert.equal((await signIn()).kind, 'throttled')
      await clock.advance(1)
      assert.equal((await signIn()).kind, 'signed-in')
    }))

  it('does not count those who know the password', () =>
    onBench(async ({ signIn }) => {
      for (let i = 0; i < 12; i++) assert.equal((await signIn()).kind, 'signed-in')
    }))

  it('bounds one address over all names, and one name over all addresses', () =>
    onBench(async ({ signIn }) => {
      const names = Array.from({ length: 21 }, (_, i) => signIn({ name: `name-${i}`, from: '::1' }))
      const kinds = (await Promise.all(names)).map(({ kind }) => kind)
      assert.equal(kinds.filter((kind) => kind === 'throttled').length, 1)
      let refused = 0
      for (let i = 0; i < 60; i++) {
        const { kind } = await signIn({ password: 'wrong', from: `203.0.113.${i}` })
        if (kind !== 'throttled') refused += 1
      }
      assert.equal(refused, 50)
    }))

  it('ends after half an hour without a request', () =>
    onBench(async ({ clock, sessions, signIn }) => {
      const token = await tokenOf(signIn())
      for (let i = 0; i < 4; i++) {
        await clock.advance(29 * minute)
        assert.ok(await sessions.find(token), `request ${i}`)
      }
      await clock.advance(30 * minute)
      assert.equal(await sessions.find(token), undefined)
      assert.equal(await sessions.sweep(), 1)
    }))

  it('ends after twelve hours in any case', () =>
    onBench(async ({ clock, sessions, signIn }) => {
      const token = await tokenOf(signIn())
      for (let i = 0; i < 12 * 3; i++) {
        assert.ok(await sessions.find(token))
        await clock.advance(20 * minute)
      }
      assert.equal(await sessions.find(token), undefined)
    }))

  it('follows the role, and ends with the account and with its password', () =>
    onBench(async ({ accounts, sessions, signIn }) => {
      const token = await tokenOf(signIn())
      await accounts.setRole('anna', 'viewer')
      assert.equal((await sessions.find(token))?.role, 'viewer')
      await accounts.setPassword('anna', 'another long enough one')
      assert.equal(await sessions.find(token), undefined)
      assert.equal((await signIn()).kind, 'refused')
      const second = await tokenOf(signIn({ password: 'another long enough one' }))
      await accounts.remove('anna')
      assert.equal(await sessions.find(second), undefined)
      assert.equal((await signIn({ password: 'another long enough one' })).kind, 'refused')
    }))
})

describe('the accounts of the admin pages', () => {
  it('are added once, with a name and a password that can be ones', () =>
    onBench(async ({ accounts }) => {
      const add = async (name: string, given: string) =>
        (await accounts.add({ name, password: given, role: 'viewer' })).kind
      assert.equal(await add('ANNA', password), 'name-taken')
      assert.equal(await add('a b', password), 'invalid-name')
      assert.equal(await add('bert', 'eleven char'), 'weak-password')
      assert.equal(await add('bert', 'abababababababab'), 'weak-password')
      assert.equal(await add('bert', 'my name is bert!'), 'weak-password')
      assert.equal(await add('bert', 'åäö'.repeat(43)), 'weak-password')
      assert.equal(await add('bert', 'a long pass phrase'), 'done')
      const listed = (await accounts.list()).map(({ name, role }) => [name, role])
      assert.deepEqual(listed, [
        ['anna', 'operator'],
        ['bert', 'viewer'],
      ])
      assert.equal((await accounts.setRole('carl', 'admin')).kind, 'account-not-found')
    }))

  it('keep no password', () =>
    onBench(async ({ store }) => {
      const account = await store.admins.find('anna')
      assert.match(account?.passwordHash ?? '', /^scrypt\$4\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
      const usual = await createPasswords((size) => new Uint8Array(size)).hash(password)
      assert.match(usual, /^scrypt\$15\$8\$3\$/)
    }))

  it('know a password by what it means, however the keyboard wrote it', async () => {
    const passwords = createPasswords((size) => new Uint8Array(size), 4)
    const kept = await passwords.hash('caf\u00e9 caf\u00e9 caf\u00e9')
    assert.equal(await passwords.check('cafe\u0301 cafe\u0301 cafe\u0301', kept), 'right')
  })

  it('are not checked more than eight at once', async () => {
    const passwords = createPasswords((size) => new Uint8Array(size), 4)
    const kept = await passwords.hash(password)
    const checks = Array.from({ length: 9 }, () => passwords.check(password, kept))
    assert.deepEqual((await Promise.all(checks)).toSorted(), [
      'busy',
      ...Array.from({ length: 8 }, () => 'right'),
    ])
  })
})
