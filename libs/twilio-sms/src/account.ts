import { booleanAt, integerAt, isObject, listAt, objectAt, textAt, wordAt } from './answer.ts'
import type { JsonObject } from './answer.ts'
import { checkSid, encodeForm } from './call.ts'
import type { Caller, Product } from './call.ts'
import { TwilioConfigError, TwilioNoReplyError } from './errors.ts'

const accountStatuses = ['active', 'suspended', 'closed'] as const
const accountTypes = ['trial', 'full'] as const

/** The account that the calls are about. */
export interface Account {
  readonly sid: string
  readonly friendlyName: string | undefined
  readonly status: (typeof accountStatuses)[number] | 'unknown'
  /** A trial account texts numbers that it has verified, and no others. */
  readonly type: (typeof accountTypes)[number] | 'unknown'
  /**
   * Whether this is the account's primary token, the one that signs webhooks. `undefined` where Twilio
   * did not show it.
   */
  signsWith(authToken: string): boolean | undefined
}

/** A phone number of the account. What Twilio does not tell about it is `undefined`. */
export interface AccountNumber {
  readonly sid: string
  /** E.164. */
  readonly phone: string
  readonly canSms: boolean | undefined
  readonly canMms: boolean | undefined
}

/** A pool of senders. */
export interface MessagingService {
  readonly sid: string
  readonly friendlyName: string | undefined
}

/** The rules of a Verify service. */
export interface VerifyService {
  readonly sid: string
  readonly friendlyName: string | undefined
  readonly codeLength: number | undefined
}

/** Reading what the account has; nothing here changes anything. */
export interface Accounts {
  /** Reads the account. Refused (401) with an API key, which may do everything but this. */
  fetchAccount(): Promise<Account>
  /** The number, if it is the account's. Works with an API key too. */
  findNumber(phone: string): Promise<AccountNumber | undefined>
  fetchMessagingService(sid: string): Promise<MessagingService>
  /** How many senders of any kind a Messaging Service can choose from, 1,000 of each kind at most. */
  countSenders(messagingServiceSid: string): Promise<number>
  /** Reads the given Verify service, or the client's own. */
  fetchVerifyService(sid?: string): Promise<VerifyService>
}

// https://www.twilio.com/docs/messaging/api/service-resource and its subresources
const senderLists = {
  PhoneNumbers: 'phone_numbers',
  ShortCodes: 'short_codes',
  AlphaSenders: 'alpha_senders',
} as const

export function createAccounts(caller: Caller): Accounts {
  const root = `/2010-04-01/Accounts/${caller.accountSid}`
  const read = (product: Product, path: string) =>
    caller.call({ product, method: 'GET', path, repeatable: true })

  return {
    async fetchAccount() {
      return readAccount(await read('api', `${root}.json`))
    },
    async findNumber(phone) {
      const query = encodeForm({ PhoneNumber: phone, PageSize: 20 })
      const json = await read('api', `${root}/IncomingPhoneNumbers.json?${query}`)
      const numbers = listOf(json, 'incoming_phone_numbers')
      // The filter takes parts of numbers too.
      const found = numbers.find((one) => textAt(one, 'phone_number') === phone)
      return found && readNumber(found, phone)
    },
    async fetchMessagingService(sid) {
      const json = await read('messaging', servicePath(sid))
      return { sid: sidOf(json), friendlyName: textAt(json, 'friendly_name') }
    },
    async countSenders(sid) {
      const lists = await Promise.all(
        Object.entries(senderLists).map(async ([part, key]) =>
          listOf(await read('messaging', `${servicePath(sid)}/${part}?PageSize=1000`), key),
        ),
      )
      return lists.reduce((sum, list) => sum + list.length, 0)
    },
    async fetchVerifyService(sid = caller.verifyServiceSid) {
      if (sid === undefined) throw new TwilioConfigError('sid', 'is missing')
      const json = await read('verify', `/v2/Services/${checkSid('sid', sid, 'VA')}`)
      const friendlyName = textAt(json, 'friendly_name')
      return { sid: sidOf(json), friendlyName, codeLength: integerAt(json, 'code_length') }
    },
  }
}

function servicePath(sid: string): string {
  return `/v1/Services/${checkSid('sid', sid, 'MG')}`
}

function readAccount(json: JsonObject): Account {
  // Stays in the closure below, so that printing the account does not print it.
  const primary = textAt(json, 'auth_token')
  return {
    sid: sidOf(json),
    friendlyName: textAt(json, 'friendly_name'),
    status: wordAt(json, 'status', accountStatuses),
    type: wordAt(json, 'type', accountTypes),
    // A masked or missing token says nothing.
    signsWith: (authToken) =>
      primary !== undefined && /^[0-9a-f]{32}$/i.test(primary) ? primary === authToken : undefined,
  }
}

function readNumber(json: JsonObject, phone: string): AccountNumber {
  const capabilities = objectAt(json, 'capabilities') ?? {}
  return {
    sid: sidOf(json),
    phone,
    canSms: booleanAt(capabilities, 'sms'),
    canMms: booleanAt(capabilities, 'mms'),
  }
}

function sidOf(json: JsonObject): string {
  const sid = textAt(json, 'sid')
  if (sid === undefined) throw new TwilioNoReplyError('maybe', 'no-sid')
  return sid
}

function listOf(json: JsonObject, key: string): readonly JsonObject[] {
  const list = listAt(json, key)
  if (list === undefined) throw new TwilioNoReplyError('maybe', 'no-list')
  return list.filter((item) => isObject(item))
}
