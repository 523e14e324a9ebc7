import type { Settings } from '../../config.ts'
import { chooseBackend } from '../../domain/verification.ts'
import {
  type AccountReader,
  createAccountReader,
  type Reading,
} from '../../provider/twilio-account.ts'
import { bad, type Finding, good, shortSid, warning } from './finding.ts'

/** The account, what it sends by, and its Verify service. Sends nothing. */
export async function checkTwilio(settings: Settings): Promise<Finding[]> {
  const reader = createAccountReader(settings)
  try {
    const account = await checkAccount(settings, reader)
    // Without an answer about the account every other question ends the same way.
    if (account.some(({ check, state }) => check === 'twilio' && state === 'bad')) return account
    return [
      ...account,
      ...(await checkSenders(settings, reader)),
      await checkVerification(settings, reader),
    ]
  } finally {
    await reader.close()
  }
}

async function checkAccount(settings: Settings, reader: AccountReader): Promise<Finding[]> {
  const { accountSid, apiKey } = settings.twilio
  const sid = shortSid(accountSid)
  const findings: Finding[] = []
  if (apiKey) {
    const reading = await reader.apiKey()
    const words = `API key ${shortSid(apiKey.sid)} of account ${sid}`
    if (reading.kind !== 'found')
      return [bad('twilio', `${words}: ${wordsOf(reading)}`, adviceOf(reading))]
    findings.push(good('twilio', `${words} is accepted`))
  }
  const account = await reader.account()
  if (account.kind !== 'found') {
    // With an API key messages still go out; what this token signs is then refused all the same.
    const check = apiKey ? 'signature' : 'twilio'
    return [...findings, bad(check, `account ${sid}: ${wordsOf(account)}`, adviceOf(account))]
  }
  const { status, type, signer } = account.value
  if (status !== 'active') {
    return [
      ...findings,
      bad('twilio', `account ${sid} is ${status}`, 'open it in the console of Twilio'),
    ]
  }
  findings.push(
    type === 'trial'
      ? warning('twilio', `account ${sid} active, on trial`, 'it texts verified numbers only')
      : good('twilio', `account ${sid} active`),
  )
  return [...findings, ...signatureOf(signer)]
}

function signatureOf(signer: string | null | undefined): Finding[] {
  if (signer === undefined) return []
  if (signer !== null) return [good('signature', `callbacks are signed with ${signer}`)]
  return [
    bad(
      'signature',
      'callbacks are signed with an auth token that is not in the settings',
      'add the primary token of the account to twilio.otherAuthTokens, or make it twilio.authToken',
    ),
  ]
}

async function checkSenders(settings: Settings, reader: AccountReader): Promise<Finding[]> {
  const { defaultFrom, messagingServiceSid } = settings.twilio
  return [
    ...(messagingServiceSid === undefined ? [] : [await checkPool(messagingServiceSid, reader)]),
    ...(defaultFrom === undefined ? [] : [await checkSender(defaultFrom, reader)]),
  ]
}

async function checkPool(sid: string, reader: AccountReader): Promise<Finding> {
  const pool = await reader.pool(sid)
  const name = `Messaging Service ${shortSid(sid)}`
  if (pool.kind !== 'found') return bad('sender', `${name}: ${wordsOf(pool)}`, adviceOf(pool))
  const { senders } = pool.value
  if (senders === 0) return bad('sender', `${name} has no sender`, 'add one to its pool')
  return good('sender', `${name} has ${senders} ${senders === 1 ? 'sender' : 'senders'}`)
}

async function checkSender(sender: string, reader: AccountReader): Promise<Finding> {
  if (/^\d{3,8}$/.test(sender)) return good('sender', `${sender} is a short code`)
  if (!sender.startsWith('+')) {
    return warning(
      'sender',
      `${sender} is a name`,
      'nobody can answer it, and not every country shows it',
    )
  }
  const number = await reader.number(sender)
  if (number.kind === 'missing') {
    return bad(
      'sender',
      `${sender} is no number of this account`,
      'set twilio.defaultFrom to one that is',
    )
  }
  if (number.kind !== 'found')
    return bad('sender', `${sender}: ${wordsOf(number)}`, adviceOf(number))
  if (number.value.canSms === false) {
    return bad('sender', `${sender} cannot send SMS`, 'set twilio.defaultFrom to a number that can')
  }
  return good('sender', `${sender} can send SMS`)
}

async function checkVerification(settings: Settings, reader: AccountReader): Promise<Finding> {
  const { countries } = settings.verification
  const backend = chooseBackend(settings)
  if (backend === undefined)
    return warning('verify', 'not set up', 'set verification.secrets to verify phones')
  let words = 'own codes'
  if (backend === 'twilio-verify') {
    const service = await reader.verifyService()
    const name = `Verify service ${shortSid(settings.twilio.verifyServiceSid ?? '')}`
    if (service.kind !== 'found')
      return bad('verify', `${name}: ${wordsOf(service)}`, adviceOf(service))
    words = `${name}, codes of ${service.value.codeLength ?? 'some'} digits`
  }
  if (countries !== 'all' && countries.length === 0) {
    return warning(
      'verify',
      `${words}, no country`,
      'name those that may be verified in verification.countries',
    )
  }
  return good('verify', words)
}

type Failure = Exclude<Reading<unknown>, { kind: 'found' }>

function wordsOf(failure: Failure): string {
  return failure.kind === 'missing' ? 'there is none' : failure.words
}

function adviceOf(failure: Failure): string {
  switch (failure.kind) {
    case 'missing':
      return 'compare the SID with the console of Twilio'
    case 'not-let-in':
      return 'compare account SID and auth token with the console of Twilio'
    case 'unavailable':
      return 'see that this machine may call Twilio, then try again'
  }
}
