import type { TwilioApp } from '../app.ts'
import type { Messages } from '../services/messages.ts'
import type { Verifications } from '../services/verifications.ts'

// Nest finds what it injects by class, so these are classes: names for it, that hold nothing.

/** Inject it to send messages: `constructor(private readonly messages: MessagesService)`. */
export abstract class MessagesService implements Messages {
  abstract readonly send: Messages['send']
  abstract readonly get: Messages['get']
  abstract readonly whenAnswered: Messages['whenAnswered']
  abstract readonly list: Messages['list']
  abstract readonly follow: Messages['follow']
  abstract readonly cancel: Messages['cancel']
  abstract readonly resend: Messages['resend']
  abstract readonly redact: Messages['redact']
  abstract readonly erase: Messages['erase']
  abstract readonly listInbound: Messages['listInbound']
}

/** Inject it to verify phones. */
export abstract class VerificationsService implements Pick<
  Verifications,
  'start' | 'check' | 'cancel' | 'readProof'
> {
  abstract readonly start: Verifications['start']
  abstract readonly check: Verifications['check']
  abstract readonly cancel: Verifications['cancel']
  abstract readonly readProof: Verifications['readProof']
}

/** Inject it for everything else: `twilio.app.apiKeys`, `twilio.app.optOuts` and so on. */
export abstract class TwilioService {
  abstract readonly app: TwilioApp
}
