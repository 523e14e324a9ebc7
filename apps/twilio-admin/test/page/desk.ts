import type { TestContext } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import type { BrowserOptions, WatchedPage } from '@hsb/twilio-pages/browser'
import type { Role } from '../../page/wire.ts'
import { nameOf, password, startServer } from '../world/server.ts'
import type { Server } from '../world/server.ts'

/** The pages, signed in, on the real app. */
export interface AdminPage extends WatchedPage, Server {
  /** Goes to a screen by its address. */
  visit: (hash: string) => Promise<void>
}

/** Who opens the pages, where, and in which window. */
export interface AdminOptions {
  role?: Role
  hash?: string
  /** `looked-at`: one that nobody else uses. */
  world?: 'full' | 'empty' | 'looked-at'
  /** Signs in anew: for those who sign out. */
  isFresh?: boolean
  browser?: BrowserOptions
}

type State = NonNullable<BrowserOptions['storageState']>

// Checking a password takes long on purpose: each account signs in once, and keeps its cookie.
const cookies = new Map<string, State>()

/** Opens the pages and signs in by the form. */
export async function openAdmin(t: TestContext, options: AdminOptions = {}): Promise<AdminPage> {
  const { role = 'admin', hash = '#/messages', isFresh = false, world, browser } = options
  const server = await openServer(world)
  const who = `${server.url} ${role}`
  const storageState = isFresh ? undefined : cookies.get(who)
  const watched = await openPage(t, `${server.url}/admin/${hash}`, {
    ...browser,
    ...(storageState && { storageState }),
  })
  const { page } = watched
  if (storageState === undefined) await signIn(page, role)
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  if (!isFresh) cookies.set(who, await page.context().storageState())
  const visit = async (to: string) => {
    await page.evaluate(`location.hash = ${JSON.stringify(to)}`)
    await page.locator('main h2').first().waitFor()
    await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  }
  return { ...server, ...watched, visit }
}

/** Fills the form in. */
export async function signIn(
  page: WatchedPage['page'],
  role: Role,
  word = password,
): Promise<void> {
  await page.getByLabel('Name').fill(nameOf(role))
  await page.getByLabel('Password').fill(word)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const servers = new Map<string, Promise<Server>>()
const endings: (() => unknown)[] = []

/** Tests share one app: what they look for is what they have made themselves. */
export async function openServer(world: AdminOptions['world'] = 'full'): Promise<Server> {
  const t: Pick<TestContext, 'after'> = {
    after: (ending) => void endings.push(ending as () => unknown),
  }
  const server = servers.get(world) ?? startServer(t, { isFull: world !== 'empty' })
  servers.set(world, server)
  return server
}

/** For `after` of the outermost `describe`. */
export async function closeServers(): Promise<void> {
  for (const ending of endings.toReversed()) await ending()
}
