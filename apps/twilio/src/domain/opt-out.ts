import type { Instant } from './time.ts'

/** A phone that must not be texted; a row of `sms_opt_out`. */
export interface OptOut {
  phone: string
  /**
   * Whom it does not want to hear from: a number, a channel address or the SID of a messaging service,
   * as the carrier keeps its blocks. Empty: whoever sends.
   */
  sender: string
  /** Who said so: the phone itself, the carrier by refusing a text, or the host. */
  source: 'recipient' | 'carrier' | 'host'
  /** The word that was texted, the refusal, or the words of the host. */
  reason: string
  at: Instant
}

/** Stands in an opt-out for every sender. */
export const everySender = ''

/** True when one of these opt-outs keeps this message from its phone. */
export function isOptedOut(
  optOuts: readonly Pick<OptOut, 'phone' | 'sender'>[],
  message: {
    toPhone: string
    fromPhone?: string | undefined
    messagingServiceSid?: string | undefined
  },
): boolean {
  const { toPhone, fromPhone, messagingServiceSid } = message
  return optOuts.some(
    ({ phone, sender }) =>
      phone === toPhone &&
      (sender === everySender || sender === fromPhone || sender === messagingServiceSid),
  )
}
