import { after, describe } from 'node:test'
import { closeBrowser } from '@hsb/twilio-pages/browser'
import { budgets } from './budgets.ts'
import { care } from './care.ts'
import { closeDesks } from './desk.ts'
import { messages } from './messages.ts'
import { otherScreens } from './other-screens.ts'
import { session } from './session.ts'
import { hostileTexts } from './xss.ts'

// One process and one browser for all of them: starting a browser is what takes long.
describe('the admin pages in a browser', () => {
  after(async () => {
    await closeBrowser()
    await closeDesks()
  })
  session()
  messages()
  otherScreens()
  care()
  hostileTexts()
  budgets()
})
