import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildPage } from '@hsb/twilio-pages/build'
import { adminFolder } from '../../folder.ts'
import type { TestApp } from '../../../twilio/test/app.ts'
import { openAdmin } from './desk.ts'

const longestTask = 200

/** 1,000 messages that are sent and delivered; answers how long that took. */
async function burst({ app, twilio }: TestApp): Promise<number> {
  const start = performance.now()
  for (let round = 0; round < 20; round++) {
    const phones = Array.from({ length: 50 }, (_, i) => `+1415556${1000 + round * 50 + i}`)
    await Promise.all(phones.map((toPhone) => app.messages.send({ toPhone, message: 'burst' })))
    await app.runDue()
    await twilio.clock.advance(1000)
  }
  return performance.now() - start
}

/** A machine that does much else at the moment gets a second chance. */
async function lessOf<T extends { ms: number }>(
  most: number,
  measure: () => Promise<T>,
): Promise<T> {
  const first = await measure()
  return first.ms <= most ? first : measure()
}

export function budgets(): void {
  describe('budgets', () => {
    it('are small files', async (t) => {
      const files = await buildPage(adminFolder)
      const size = (name: string) => gzipSync(files[name]?.body ?? '').length
      const [js, css] = [size('app.js'), size('app.css')]
      t.diagnostic(`app.js ${js} B, app.css ${css} B, gzipped`)
      assert.ok(js > 0 && js <= 30_000 && css > 0 && css <= 6000, `${js} ${css}`)
    })

    it('hold the list: soon usable, few nodes', async (t) => {
      const { page } = await openAdmin(t)
      const { ms: usable } = await lessOf(1200, async () => {
        await page.reload()
        await page.locator('.table tbody tr').nth(49).waitFor()
        return { ms: Number(await page.evaluate('performance.now()')) }
      })
      const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'))
      t.diagnostic(`usable after ${Math.round(usable)} ms, ${nodes} nodes`)
      assert.ok(nodes <= 900, `${nodes} nodes`)
      assert.ok(usable <= 1200, `${usable} ms`)
    })

    it('hold while 1,000 messages arrive: no long task, no growth', async (t) => {
      const { page, test } = await openAdmin(t)
      await page.locator('.table tbody tr').first().click()
      await page.locator('.panel .timeline').waitFor()
      await page.evaluate(`window.longest = 0
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
        }).observe({ type: 'longtask' })`)
      const { ms: longest, took } = await lessOf(longestTask, async () => {
        await page.evaluate('longest = 0')
        const took = await burst(test)
        await page.locator('.table tbody tr').first().filter({ hasText: 'delivered' }).waitFor()
        await page.locator('.table tbody tr').nth(49).filter({ hasText: 'delivered' }).waitFor()
        return { ms: Number(await page.evaluate('longest')), took }
      })
      const session = await page.context().newCDPSession(page)
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'))
      const figures = `longest task ${longest} ms, heap ${Math.round(usedSize / 1e6)} MB`
      t.diagnostic(`${figures}, 1,000 delivered in ${Math.round(took)} ms`)
      assert.ok(longest <= longestTask, `a task of ${longest} ms`)
      assert.ok(usedSize < 20e6 && nodes <= 1100, `${usedSize} bytes, ${nodes} nodes`)
    })
  })
}
