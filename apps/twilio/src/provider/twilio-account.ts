import { TwilioReplyError } from '@hsb/twilio-sms'
import type { AccountNumber, TwilioClient } from '@hsb/twilio-sms'
import type { Settings } from '../config.ts'
import { wordsOf } from './error-words.ts'
import { authTokensOf } from './signed-requests.ts'
import { openClient } from './twilio-client.ts'

/** An answer of Twilio about what an account has. */
export type Reading<T> =
  | { kind: 'found'; value: T }
  | { kind: 'missing' }
  /** The credentials are not accepted. */
  | { kind: 'not-let-in'; words: string }
  | { kind: 'unavailable'; words: string }

/** The account, as far as it matters for sending. */
export interface AccountState {
  status: 'active' | 'suspended' | 'closed' | 'unknown'
  type: 'trial' | 'full' | 'unknown'
  /** The setting whose token signs callbacks; null where it is none of ours, `undefined` where nobody knows. */
  signer: string | null | undefined
}

/** Reads what the settings name; changes nothing and sends nothing. */
export interface AccountReader {
  /** By the auth token, which signs callbacks even where an API key makes the calls. */
  account(): Promise<Reading<AccountState>>
  /** Whether the API key is accepted. */
  apiKey(): Promise<Reading<true>>
  number(phone: string): Promise<Reading<Pick<AccountNumber, 'canSms'>>>
  /** The Messaging Service and how many senders it has. */
  pool(sid: string): Promise<Reading<{ senders: number }>>
  verifyService(): Promise<Reading<{ codeLength: number | undefined }>>
  close(): Promise<void>
}

/** Any number does: what matters is whether the question is answered. */
const someNumber = '+15005550006'

/** A reader of the account of the settings. Throws where a setting cannot be used at all. */
export function createAccountReader(settings: Settings): AccountReader {
  const client = openClient(settings)
  const owner = openClient(settings, { as: 'auth-token' })
  const tokens = authTokensOf(settings)

  return {
    account: () =>
      read(owner, async (as) => {
        const account = await as.fetchAccount()
        const { status, type } = account
        const judged = tokens.map((one) => ({
          ...one,
          signs: account.signsWith(one.token.reveal()),
        }))
        const isKnown = judged.some(({ signs }) => signs !== undefined)
        const signer = judged.find(({ signs }) => signs)?.setting
        return { status, type, signer: isKnown ? (signer ?? null) : undefined }
      }),
    apiKey: () =>
      read(client, async (as) => {
        await as.findNumber(someNumber)
        return true as const
      }),
    number: (phone) => read(client, async (as) => as.findNumber(phone)),
    pool: (sid) =>
      read(client, async (as) => {
        await as.fetchMessagingService(sid)
        return { senders: await as.countSenders(sid) }
      }),
    verifyService: () => read(client, async (as) => as.fetchVerifyService()),
    async close() {
      await Promise.all([client.close(), owner.close()])
    },
  }
}

async function read<T>(
  client: TwilioClient,
  ask: (client: TwilioClient) => Promise<T | undefined>,
): Promise<Reading<T>> {
  try {
    const value = await ask(client)
    return value === undefined ? { kind: 'missing' } : { kind: 'found', value }
  } catch (error) {
    if (!(error instanceof TwilioReplyError)) return { kind: 'unavailable', words: wordsOf(error) }
    if (error.httpStatus === 404) return { kind: 'missing' }
    const kind = error.httpStatus === 401 || error.httpStatus === 403 ? 'not-let-in' : 'unavailable'
    return { kind, words: wordsOf(error) }
  }
}
