import { receiveCallback } from './callbacks.ts'
import { receiveInbound } from './inbound.ts'
import { cancelMessage, getMessageStatus, sendMessage } from './messages.ts'
import { getOpenApi } from './openapi.ts'
import { livez, readyz } from './system.ts'
import { checkVerification, startVerification } from './verifications.ts'

/** What asks how the process is. */
export const probes = { livez, readyz }

/** Every endpoint of the app by its name: the handler, the OpenAPI document and the client come from it. */
export const endpoints = {
  sendMessage,
  getMessageStatus,
  cancelMessage,
  receiveCallback,
  receiveInbound,
  startVerification,
  checkVerification,
  ...probes,
  getOpenApi,
}
