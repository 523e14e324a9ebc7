import { receiveCallback } from './callbacks.ts'
import { getMessageStatus, sendMessage } from './messages.ts'
import { livez, readyz } from './system.ts'
import { checkVerification, startVerification } from './verifications.ts'

/** Every endpoint of the app by its name: the handler, the OpenAPI document and the client come from it. */
export const endpoints = {
  sendMessage,
  getMessageStatus,
  receiveCallback,
  startVerification,
  checkVerification,
  livez,
  readyz,
}
