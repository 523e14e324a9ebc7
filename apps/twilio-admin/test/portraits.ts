import { writeFileSync } from 'node:fs'
import { closeBrowser, openPage } from '@hsb/twilio-pages/browser'
import { smallPng } from './small-png.ts'
import { startServer } from './world/server.ts'

// The pictures of the README, from the real pages and a shop that has used them for two days:
//   node --conditions=source apps/twilio-admin/test/portraits.ts

const images = new URL('../../../docs/images/', import.meta.url)
const endings: (() => unknown)[] = []
const t = { after: (ending: () => unknown) => void endings.push(ending) }
const browser = { viewport: { width: 1280, height: 780 }, colorScheme: 'light' } as const

const { url, phones } = await startServer(t, { hasAccounts: false })

const { page: admin } = await openPage(t, `${url}/admin/#/messages`, browser)
await admin.locator('.table tbody tr', { hasText: 'undelivered' }).first().click()
await admin.getByRole('button', { name: 'Reveal' }).click()
await admin.locator('.bubble:not(.covered)').waitFor()
await admin.mouse.move(0, 0)
writeFileSync(new URL('admin.png', images), smallPng(await admin.screenshot()))

const { page: phone } = await openPage(t, `${phones}#/+14155550187`, browser)
await phone.locator('.bubble').first().waitFor()
await phone.locator('.thread').evaluate('(one) => one.scrollTo(0, one.scrollHeight)')
writeFileSync(new URL('phone.png', images), smallPng(await phone.screenshot()))

await closeBrowser()
for (const ending of endings.toReversed()) await ending()
