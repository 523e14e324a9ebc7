import { describe } from 'node:test'
import { checkContract } from './verification-check-contract.ts'
import { startContract } from './verification-start-contract.ts'

// One set of expectations, two backends: which one is at work shows nowhere.
for (const backend of ['own-codes', 'twilio-verify'] as const) {
  describe(`verification by ${backend}`, () => {
    startContract(backend)
    checkContract(backend)
  })
}
