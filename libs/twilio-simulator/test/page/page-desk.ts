import type { TestContext } from 'node:test'
import { openPage } from '@hsb/twilio-pages/browser'
import type { BrowserOptions, WatchedPage } from '@hsb/twilio-pages/browser'
import type { Simulator, SimulatorOptions } from '../../src/index.ts'
import { openDesk, phone, send as sendForm } from '../desk.ts'
import type { Desk } from '../desk.ts'

export { phone }
export const other = '+46701234567'

/** The page on a simulator of its own, and the webhook its callbacks go to. */
export interface PhonePage extends WatchedPage, Desk {
  url: string
  /** Sends a text and lets time pass until it is delivered, if it is to be. */
  send: (body: string, form?: Record<string, string>) => Promise<number>
  /** Texts in the thread that is open. */
  bubbles: () => Promise<string[]>
}

export async function openPhones(
  t: TestContext,
  options: SimulatorOptions & { browser?: BrowserOptions; hash?: string } = {},
): Promise<PhonePage> {
  const { browser, hash = '', ...rest } = options
  const desk = openDesk(t, rest)
  const { url } = await desk.simulator.listen()
  const watched = await openPage(t, `${url}/phones/${hash}`, browser)
  return {
    ...desk,
    ...watched,
    url,
    send: (body, form = {}) => send(desk.simulator, body, form),
    bubbles: () => watched.page.locator('.bubble').allInnerTexts(),
  }
}

export async function send(
  simulator: Simulator,
  body: string,
  form: Record<string, string> = {},
): Promise<number> {
  const StatusCallback = 'https://app.example/status'
  const { status } = await sendForm(simulator, { Body: body, StatusCallback, ...form })
  await simulator.clock.advance(1000)
  return status
}
