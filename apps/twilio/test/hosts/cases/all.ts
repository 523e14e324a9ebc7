import type { Case } from '../contract.ts'
import { callbackCases } from './callbacks.ts'
import { lookUpCases } from './look-ups.ts'
import { ownCases, pathCases } from './paths.ts'
import { sendCases } from './send.ts'
import { systemCases } from './system.ts'
import { verificationCases } from './verifications.ts'

/** What every host is asked. */
export const cases: Case[] = [
  ...systemCases,
  ...sendCases,
  ...lookUpCases,
  ...verificationCases,
  ...callbackCases,
  ...pathCases,
  ...ownCases,
]
