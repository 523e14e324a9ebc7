import { after, describe } from 'node:test'
import { closeBrowser } from '@hsb/twilio-pages/browser'
import { care } from './care.ts'
import { faults } from './faults.ts'
import { requests } from './requests.ts'
import { texts } from './texts.ts'
import { hostileTexts } from './xss.ts'

// One process and one browser for all of them: starting a browser is what takes long.
describe('the phones in a browser', () => {
  after(closeBrowser)
  texts()
  faults()
  requests()
  care()
  hostileTexts()
})
