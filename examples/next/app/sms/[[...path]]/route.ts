import { twilioRoutes } from '@hsb/twilio/next'
import { sms } from '../../../sms.ts'

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = twilioRoutes(sms)
