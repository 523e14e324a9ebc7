import { erasePhone } from './erasure.ts'
import { exportMessages } from './export.ts'
import {
  addOptOut,
  getConversation,
  listConversations,
  listOptOuts,
  removeOptOut,
} from './inbox.ts'
import { createKey, listKeys, revokeKey } from './keys.ts'
import { watchLive } from './live.ts'
import { cancelMessage, redactMessage, resendMessage, sendMessage } from './message-actions.ts'
import { getMessage, listMessages, revealMessage } from './messages.ts'
import { getOverview } from './overview.ts'
import { getQueue, retryMessages } from './queue.ts'
import { getSession, signIn, signOut } from './session.ts'
import { getAdminOpenApi, getSettings, listAudit } from './system.ts'
import { cancelVerification, getVerification, listVerifications } from './verifications.ts'

/** Every endpoint of the admin API by its name. */
export const adminEndpoints = {
  getSession,
  signIn,
  signOut,
  getOverview,
  listMessages,
  getMessage,
  sendMessage,
  revealMessage,
  resendMessage,
  cancelMessage,
  redactMessage,
  exportMessages,
  listVerifications,
  getVerification,
  cancelVerification,
  listConversations,
  getConversation,
  listOptOuts,
  addOptOut,
  removeOptOut,
  getQueue,
  retryMessages,
  getSettings,
  listKeys,
  createKey,
  revokeKey,
  erasePhone,
  listAudit,
  watchLive,
  getAdminOpenApi,
}
