import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { TestContext } from 'node:test'
import type { AxeResults } from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** How the browser is to be: its window, its colours, what it may. */
export type BrowserOptions = BrowserContextOptions

let browser: Promise<Browser> | undefined

/** A page that is watched: what it did wrong is known at the end of the test. */
export interface WatchedPage {
  page: Page
  /** Dialogs, CSP reports, errors and requests to other hosts, each in a line. */
  sins: string[]
}

/** A fresh profile in the one browser of this process, closed with the test. */
export async function openPage(
  t: Pick<TestContext, 'after'>,
  url: string,
  options: BrowserOptions = {},
): Promise<WatchedPage> {
  browser ??= launch()
  const context = await (
    await browser
  ).newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
    ...options,
  })
  context.setDefaultTimeout(15_000)
  t.after(() => context.close())
  const page = await context.newPage()
  const sins: string[] = []
  page.on('dialog', async (dialog) => {
    sins.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  page.on('pageerror', (error) => sins.push(`error: ${error.message}`))
  page.on('console', (line) => {
    if (/Content.Security.Policy/i.test(line.text())) sins.push(`policy: ${line.text()}`)
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && origin !== new URL(url).origin)
      sins.push(`foreign: ${request.url()}`)
  })
  // In words of the page: this file's types know no browser.
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    console.log('Content Security Policy: ' + event.violatedDirective + ' ' + event.blockedURI)
  })`)
  await page.goto(url)
  return { page, sins }
}

/**
 * What axe finds, each in a line; everything it knows is looked at, or only what colours can do wrong,
 * which is all that differs between light and dark.
 */
export async function findBarriers(
  page: Page,
  look: 'everything' | 'colours' = 'everything',
): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe)
  const rules = look === 'everything' ? {} : { runOnly: ['color-contrast'] }
  const options = { resultTypes: ['violations'], ...rules }
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact ?? ''} ${id}: ${node.html.slice(0, 120)}`),
  )
}

/** Nothing has to be scrolled to the side. */
export async function assertFits(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
  assert.equal(overflow, 0, 'the page scrolls to the side')
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined)
    throw new Error('page tests need Chromium: install it, or name it in CHROMIUM_PATH')
  const started = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  return started
}

/** For `after` of the outermost `describe`: the leak guard looks when the file is done. */
export async function closeBrowser(): Promise<void> {
  const open = browser
  browser = undefined
  await (await open)?.close()
}
