import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import type { BrowserOptions, WatchedPage } from '@hsb/twilio-pages/browser'
import type { Role } from '../../page/wire.ts'
import type { Desk } from './door.ts'
import { openRealDesk } from './real-desk.ts'
import { deliverAll, startFake } from '../fake/server.ts'
import type { FakeServer } from '../fake/server.ts'

/** The pages, signed in, on a server of their own. */
export interface AdminPage extends WatchedPage, Desk {
  /** Goes to a screen by its address. */
  visit: (hash: string) => Promise<void>
}

/** Who opens the pages, where, and in which window. */
export interface AdminOptions {
  role?: Role
  hash?: string
  isFull?: boolean
  /** Signs in anew: for those who sign out. */
  isFresh?: boolean
  browser?: BrowserOptions
}

/** Opens the pages and signs in by the form. */
export async function openAdmin(t: TestContext, options: AdminOptions = {}): Promise<AdminPage> {
  return enter(t, await openDesk(options.isFull), options)
}

/** The same on a fake server, whose world is full of everything and can be changed at will. */
export async function openFakeAdmin(
  t: TestContext,
  options: AdminOptions = {},
): Promise<AdminPage & { fake: FakeServer }> {
  const { desk, fake } = await openFakeDesk(t, options.isFull)
  return { ...(await enter(t, desk, options)), fake }
}

type State = NonNullable<BrowserOptions['storageState']>

// Checking a password takes long on purpose: each account signs in once, and keeps its cookie.
const cookies = new Map<string, State>()

async function enter(t: TestContext, desk: Desk, options: AdminOptions): Promise<AdminPage> {
  const { role = 'admin', hash = '#/messages', isFresh = false, browser } = options
  const who = `${desk.url} ${role}`
  const storageState = isFresh ? undefined : cookies.get(who)
  const watched = await openPage(t, `${desk.url}/admin/${hash}`, {
    ...browser,
    ...(storageState && { storageState }),
  })
  const { page } = watched
  if (storageState === undefined) await signIn(page, desk.names[role], desk.password)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  if (!isFresh) cookies.set(who, await page.context().storageState())
  const visit = async (to: string) => {
    await page.evaluate(`location.hash = ${JSON.stringify(to)}`)
    await page.locator('main h2').first().waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  }
  return { ...desk, ...watched, visit }
}

export async function signIn(
  page: WatchedPage['page'],
  name: string,
  password: string,
): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const desks = new Map<boolean, Promise<Desk>>()
const endings: (() => unknown)[] = []

/** The real app. Tests share it: what they look for is what they have made themselves. */
export async function openDesk(isFull = true): Promise<Desk> {
  const open = async () => {
    const t: Pick<TestContext, 'after'> = {
      after: (ending) => void endings.push(ending as () => unknown),
    }
    return openRealDesk(t, isFull)
  }
  const desk = desks.get(isFull) ?? open()
  desks.set(isFull, desk)
  return desk
}

/** For `after` of the outermost `describe`. */
export async function closeDesks(): Promise<void> {
  for (const ending of endings.toReversed()) await ending()
}

async function openFakeDesk(
  t: Pick<TestContext, 'after'>,
  isFull = true,
): Promise<{ desk: Desk; fake: FakeServer }> {
  const fake = await startFake(t, { isFull })
  const { world, url } = fake
  const desk: Desk = {
    url,
    names: { viewer: 'vera', operator: 'oskar', admin: 'anna' },
    password: 'correct horse battery staple',
    key: 'key',
    async send(text, to = '+14155550171') {
      const response = await fetch(`${url}/api/sms/send/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
        body: JSON.stringify({ to_phone: to, message: text }),
      })
      assert.equal(response.status, 202)
      const { id } = (await response.json()) as { id: string }
      return id
    },
    async deliver(end = 'delivered') {
      world.fate =
        end === 'delivered'
          ? { status: 'DELIVERED', code: null }
          : { status: 'UNDELIVERED', code: 30003 }
      deliverAll(fake)
    },
    // There are some in every state already.
    verify: async () => {},
    async receive(text, phone = '+14155550171') {
      world.add({ text, phone, row: { direction: 'inbound', status: 'RECEIVED' } })
    },
  }
  return { desk, fake }
}
