import { exportMessages } from './export.ts'
import { cancelMessage, redactMessage, resendMessage } from './message-actions.ts'
import { getMessage, listMessages, revealMessage } from './messages.ts'
import { getOverview } from './overview.ts'
import { getSession, signIn, signOut } from './session.ts'

/** Every endpoint of the admin API by its name. */
export const adminEndpoints = {
  getSession,
  signIn,
  signOut,
  getOverview,
  listMessages,
  getMessage,
  revealMessage,
  resendMessage,
  cancelMessage,
  redactMessage,
  exportMessages,
}
