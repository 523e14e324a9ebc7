import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openPhones, other, phone } from './page-desk.ts'

export function faults(): void {
  describe('the next text', () => {
    it('is what one chose, once, on this phone only', async (t) => {
      const { page, send, simulator } = await openPhones(t, { hash: `#/${phone}` })
      const select = page.getByRole('combobox', { name: 'is' })
      await select.selectOption({ label: 'Undelivered: 30005 unknown number' })
      await until(() => simulator.behaviours().length === 1)
      await send('elsewhere', { To: other })
      await send('here')
      await send('here again')
      const fates = simulator.messages().map(({ status, errorCode }) => errorCode ?? status)
      assert.deepEqual(fates, ['delivered', 30005, 'delivered'])
      await page.getByText('The next text to this phone').waitFor()
      await until(async () => (await select.inputValue()) === '0')
    })

    it('can be so until changed, lost, late or refused', async (t) => {
      const { page, send, simulator, statuses } = await openPhones(t, { hash: `#/${phone}` })
      const select = page.getByRole('combobox', { name: 'is' })
      const choose = async (label: string, kind: string) => {
        await select.selectOption({ label })
        await until(() => simulator.behaviours()[0]?.kind === kind)
      }
      await choose('Lost: sent, no receipt ever', 'stay-sent')
      await page.getByRole('switch', { name: 'Until I change it' }).click()
      await until(() => simulator.behaviours()[0]?.times === 'always')
      await send('one')
      await send('two')
      assert.deepEqual(statuses(), ['sent', 'sent'])
      await choose('Late: callbacks after 10 s', 'late')
      await send('three')
      assert.equal(statuses().length, 2)
      await simulator.clock.advance(10_000)
      assert.deepEqual(statuses().slice(2), ['sent', 'delivered'])
      await choose('Refused: 21614 no mobile number', 'refuse')
      assert.equal(await send('four'), 400)
      await select.selectOption({ label: 'Delivered' })
      await until(() => simulator.behaviours().length === 0)
      assert.equal(await send('five'), 201)
    })
  })

  describe('the network switches', () => {
    it('do what they say, until they are turned off', async (t) => {
      const { page, send, simulator, received, statuses } = await openPhones(t)
      // What the webhook hears, and what the caller is answered, while one switch is on.
      const cases: [string, number, string[]][] = [
        ['Callbacks come twice', 201, ['sent', 'sent', 'delivered', 'delivered']],
        ['Callbacks out of order', 201, ['delivered', 'sent']],
        ['Callbacks get lost', 201, []],
        ['API answers 429', 429, []],
        ['API answers 500', 500, ['sent', 'delivered']],
      ]
      for (const [name, status, heard] of cases) {
        received.length = 0
        const one = page.getByRole('switch', { name })
        await one.click()
        await until(() => simulator.behaviours().length === 1)
        await until(async () => (await one.getAttribute('aria-checked')) === 'true')
        for (let round = 0; round < 2; round++) {
          received.length = 0
          assert.equal(await send(name), status, name)
          assert.deepEqual(statuses(), heard, name)
        }
        await one.click()
        await until(() => simulator.behaviours().length === 0)
      }
      received.length = 0
      await page.getByRole('switch', { name: 'Wrong signatures' }).click()
      await until(() => simulator.behaviours().length === 1)
      await send('forged')
      assert.deepEqual([received.length, received.some(({ genuine }) => genuine)], [2, false])
      await page.getByRole('switch', { name: 'Connection breaks' }).click()
      await until(() => simulator.behaviours().length === 2)
      await assert.rejects(send('cut off'))
    })

    it('show faults that a test has ordered, and clear them', async (t) => {
      const { page, simulator } = await openPhones(t)
      simulator.behave({ kind: 'double', times: 3 }, { kind: 'no-sid', times: 2 })
      await page.getByRole('switch', { name: /Callbacks come twice 3 more/ }).waitFor()
      await page.getByText('Also ordered: no-sid (2)').waitFor()
      await page.getByRole('button', { name: 'Clear all' }).click()
      await until(() => simulator.behaviours().length === 0)
    })
  })

  describe('the clock', () => {
    it('is advanced, and what falls due happens', async (t) => {
      const { page, simulator } = await openPhones(t, { delays: { deliveredMs: 45_000 } })
      await simulator.fetch(new Request('http://localhost/_simulator/clock'))
      await page.getByText('12:00:00').waitFor()
      await page.getByText('stands still').waitFor()
      await page.getByRole('button', { name: '+1 min', exact: true }).click()
      await page.getByText('12:01:00').waitFor()
      assert.equal(simulator.clock.now().toISOString(), '2026-01-01T12:01:00.000Z')
      await page.getByRole('button', { name: '+1 day' }).click()
      await page.getByText('2 Jan').waitFor()
    })
  })

  describe('reset', () => {
    it('asks first, then forgets everything', async (t) => {
      const { page, send, simulator } = await openPhones(t)
      await send('hello')
      await page.locator('.bubble', { hasText: 'hello' }).waitFor()
      const button = page.getByRole('button', { name: 'Reset' })
      await button.click()
      await page.getByRole('dialog').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      assert.equal(simulator.messages().length, 1)
      await button.click()
      await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click()
      await page.getByText('No phones yet').waitFor()
      await page.getByText('No requests yet').waitFor()
      assert.deepEqual([simulator.messages().length, simulator.requests().length], [0, 0])
      assert.equal(new URL(page.url()).hash, '#/')
    })
  })
}

/** Until a click has had its effect on the other side of the connection. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000
  while (!(await holds())) {
    assert.ok(performance.now() < end, `never: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
