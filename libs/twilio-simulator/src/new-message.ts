import type { Message, MessageIntent } from './message.ts'
import type { Settings } from './settings.ts'
import type { Dice } from './sids.ts'

/** A message at its first moment. */
export function newMessage(
  intent: MessageIntent,
  settings: Settings,
  now: Date,
  dice: Dice,
  lagMs: number,
): Message {
  const service = settings.messagingServices.find(({ sid }) => sid === intent.serviceSid)
  return {
    sid: dice.sid(intent.mediaUrls.length > 0 ? 'MM' : 'SM'),
    kind: 'message',
    direction: 'outbound-api',
    to: intent.to,
    from: intent.from ?? null,
    serviceSid: intent.serviceSid ?? null,
    body: intent.body,
    phoneBody: intent.body,
    code: undefined,
    mediaUrls: intent.mediaUrls,
    status: intent.sendAt ? 'scheduled' : intent.serviceSid ? 'accepted' : 'queued',
    errorCode: null,
    createdAt: now,
    updatedAt: now,
    sentAt: null,
    listedAt: new Date(now.getTime() + lagMs),
    sendAt: intent.sendAt,
    validitySeconds: intent.validitySeconds,
    statusCallback: intent.statusCallback ?? service?.statusCallback,
    deleted: false,
  }
}
