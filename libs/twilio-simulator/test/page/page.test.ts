import { after, describe } from 'node:test'
import { closeBrowser } from '@hsb/twilio-pages/browser'
import { care } from './care.ts'
import { faults } from './faults.ts'
import { requests } from './requests.ts'
import { texts } from './texts.ts'
import { hostileTexts } from './xss.ts'

// One process and one browser for all of them: starting a browser is what takes long.
describe('the phones in a browser', { concurrency: 2 }, () => {
  after(closeBrowser)
  // In its order: there is one clipboard.
  describe('as they are used', { concurrency: 1 }, () => {
    texts()
    requests()
  })
  describe('as they look and fail', { concurrency: 1 }, () => {
    faults()
    care()
    hostileTexts()
  })
})
