import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { readPages } from '../fake/server.ts'
import { carryOn } from '../fake/world.ts'
import { openFakeAdmin } from './desk.ts'

export function budgets(): void {
  describe('budgets', () => {
    it('are small files', async (t) => {
      const files = await readPages()
      const size = (name: string) => gzipSync(files[name]?.body ?? '').length
      const [js, css] = [size('app.js'), size('app.css')]
      t.diagnostic(`app.js ${js} B, app.css ${css} B, gzipped`)
      assert.ok(js > 0 && js <= 30_000 && css > 0 && css <= 6000, `${js} ${css}`)
    })

    it('hold the list: soon usable, few nodes', async (t) => {
      const { page } = await openFakeAdmin(t)
      await page.reload()
      await page.locator('.table tbody tr').nth(49).waitFor()
      const usable = Number(await page.evaluate('performance.now()'))
      const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'))
      t.diagnostic(`usable after ${Math.round(usable)} ms, ${nodes} nodes`)
      assert.ok(nodes <= 900, `${nodes} nodes`)
      assert.ok(usable <= 1200, `${usable} ms`)
    })

    it('hold while 1,000 messages arrive: no long task, no growth', async (t) => {
      const { page, fake } = await openFakeAdmin(t)
      await page.locator('.table tbody tr').first().click()
      await page.locator('.panel .timeline').waitFor()
      await page.evaluate(`window.longest = 0
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
        }).observe({ type: 'longtask' })`)
      // In two seconds: harder than in ten, and sooner done.
      for (let round = 0; round < 100; round++) {
        for (let each = 0; each < 10; each++) {
          const message = fake.world.add({ text: 'burst', phone: '+14155559900' })
          carryOn(fake.world, message, fake.world.fate)
        }
        await wait(20)
      }
      await page.locator('.table tbody tr').first().filter({ hasText: 'delivered' }).waitFor()
      const longest = Number(await page.evaluate('longest'))
      const session = await page.context().newCDPSession(page)
      await session.send('HeapProfiler.collectGarbage')
      const { usedSize } = await session.send('Runtime.getHeapUsage')
      const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'))
      t.diagnostic(`longest task ${longest} ms, heap ${Math.round(usedSize / 1e6)} MB`)
      assert.ok(longest <= 200, `a task of ${longest} ms`)
      assert.ok(usedSize < 20e6 && nodes <= 1100, `${usedSize} bytes, ${nodes} nodes`)
    })
  })
}
