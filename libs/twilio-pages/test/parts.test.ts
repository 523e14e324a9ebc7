import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { buildPage } from '../build/build-page.ts'
import type { PageFiles } from '../build/build-page.ts'
import { assertFits, closeBrowser, findBarriers, openPage } from './browser.ts'
import type { BrowserOptions } from './browser.ts'

let built: Promise<PageFiles> | undefined

/** The gallery below a path of three levels, as a host may mount it. */
async function openGallery(t: TestContext, browser: BrowserOptions = {}, answerMs = 0) {
  built ??= buildPage(new URL('./gallery/', import.meta.url))
  const files = await built
  const state = { count: 1, status: 200, reads: 0 }
  const server = createServer(({ url = '' }, answer) => {
    const name = url.replace(/^\/a\/b\/c\//, '').replace(/[?#].*/, '') || 'index.html'
    const file = files[name]
    if (file) answer.setHeader('content-type', file.type).end(file.body)
    else if (name === 'count.json') {
      state.reads++
      const body = JSON.stringify({ count: state.count, detail: 'Broken.' })
      setTimeout(() => answer.writeHead(state.status).end(body), answerMs).unref()
    } else answer.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const watched = await openPage(t, `http://127.0.0.1:${port}/a/b/c/`, browser)
  // Read by an effect: what else waits for effects is there, too.
  await watched.page.getByText('count 1').waitFor()
  return { ...watched, state }
}

describe('the parts of pages', () => {
  after(closeBrowser)

  it('have no barriers and fit on 320 px, light and dark', async (t) => {
    const viewport = { width: 320, height: 700 }
    const { page, sins } = await openGallery(t, { viewport })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await findBarriers(page), [])
    }
    await assertFits(page)
    assert.deepEqual(sins, [])
  })

  it('a table is walked by keys; the address knows what is open', async (t) => {
    const { page } = await openGallery(t)
    const rows = page.locator('.table tbody tr')
    for (const key of ['j', 'j', 'j', 'k', 'Enter']) await page.keyboard.press(key)
    assert.equal(new URL(page.url()).hash, '#/m1')
    assert.equal(await rows.nth(1).getAttribute('aria-current'), 'true')
    await page.keyboard.press('Escape')
    assert.equal(new URL(page.url()).hash, '#/')
    await page.goBack()
    await page.locator('tr[aria-current=true]').waitFor()
  })

  it('keys are letters again where one types', async (t) => {
    const { page } = await openGallery(t)
    await page.keyboard.press('?')
    await page.getByText('helped 1').waitFor()
    await page.getByRole('searchbox').fill('')
    await page.keyboard.type('?j')
    assert.equal(await page.getByRole('searchbox').inputValue(), '?j')
    assert.equal(await page.locator('#helped').innerText(), 'helped 1')
  })

  it('what is typed comes to the address in one entry of the history', async (t) => {
    const { page } = await openGallery(t)
    const before = await page.evaluate('history.length')
    await page.getByRole('searchbox').pressSequentially('1059')
    await page.waitForURL(/q=1059$/)
    await page.getByText('1–1 of 1').waitFor()
    assert.equal(await page.evaluate('history.length'), before)
  })

  it('a pager goes on and back', async (t) => {
    const { page } = await openGallery(t)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('26–50 of 60').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('51–60 of 60').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Next' }).isDisabled())
    await page.getByRole('button', { name: 'Previous' }).click()
    await page.getByText('26–50 of 60').waitFor()
  })

  it('data is read again while live, kept on an error, held while paused', async (t) => {
    const { page, state } = await openGallery(t)
    state.count = 2
    await page.getByText('count 2').waitFor()
    state.status = 500
    await page.getByText('Broken.').waitFor()
    assert.equal(await page.locator('#count').innerText(), 'count 2')
    await page.getByRole('button', { name: 'Live' }).click()
    await page.getByRole('button', { name: 'Paused' }).waitFor()
    Object.assign(state, { status: 200, count: 3 })
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('count 3').waitFor()
    state.count = 4
    const { reads } = state
    await page.getByRole('button', { name: 'Do it' }).click()
    await page.getByText('Done').waitFor()
    assert.ok(state.reads <= reads + 1, 'one may have been under way')
  })

  it('data is shown also where there are more events than answers', async (t) => {
    const { page, state } = await openGallery(t, {}, 500)
    state.count = 2
    await page.getByText('count 2').waitFor()
  })

  it('charts are also tables', async (t) => {
    const { page } = await openGallery(t)
    const chart = page.getByRole('img', { name: 'Delivery' })
    assert.equal(await chart.locator('rect').count(), 5)
    const row = page.getByRole('table', { name: 'Delivery' }).getByRole('row', { name: 'Wed' })
    assert.deepEqual(await row.getByRole('cell').allInnerTexts(), ['6', '2'])
    assert.equal(await page.getByRole('img', { name: 'Trend' }).locator('polyline').count(), 2)
  })

  it('times are said in few words', async (t) => {
    const { page } = await openGallery(t)
    const words = await page.locator('#words').innerText()
    assert.equal(
      words.replaceAll(/\s*;\s*/g, ';'),
      'now,59 s,1 min,2 h,2 d,in 5 min;+667 ms,+1.1 s,+3 min',
    )
    const time = page.locator('time')
    assert.match((await time.getAttribute('title')) ?? '', /1 Jan 2026.*12:00:00/)
  })
})
