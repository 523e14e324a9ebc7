import { createTwilioApp } from '@hsb/twilio'
import { keepTwilioApp } from '@hsb/twilio/next'
import config from './twilio.config.ts'

// One app a process, made when it is first needed: `next build` has no settings.
export const sms = keepTwilioApp(() => createTwilioApp(config))
