import { after, describe } from 'node:test'
import { closeBrowser } from '@hsb/twilio-pages/browser'
import { budgets } from './budgets.ts'
import { care } from './care.ts'
import { closeServers } from './desk.ts'
import { messages } from './messages.ts'
import { otherScreens } from './other-screens.ts'
import { phones } from './phones.ts'
import { session } from './session.ts'
import { hostileTexts } from './xss.ts'

// One process, one browser and one app for all of them: starting those is what takes long.
describe('the admin pages in a browser', () => {
  after(async () => {
    await closeBrowser()
    await closeServers()
  })
  // Beside each other, each in its order: much of it is waiting for a page.
  describe('at the same time', { concurrency: 2 }, () => {
    describe('as they look', { concurrency: 1 }, care)
    describe('as they are used', { concurrency: 1 }, () => {
      session()
      messages()
      otherScreens()
      phones()
      hostileTexts()
    })
  })
  describe('as they cost', budgets)
})
