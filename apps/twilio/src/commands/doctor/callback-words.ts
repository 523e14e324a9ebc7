import type { Settings } from '../../config.ts'
import type { CallbackDiagnosis } from '../../provider/callback-diagnosis.ts'
import { bad, type Finding, good } from './finding.ts'

const check = 'callback'

/** What a diagnosis means for the one who has to mend it. */
export function describeDiagnosis(diagnosis: CallbackDiagnosis, settings: Settings): Finding[] {
  switch (diagnosis.kind) {
    case 'accepted':
      return [
        good(
          check,
          `is signed with ${diagnosis.token} over the address that the app looks at: with these settings it is taken`,
        ),
      ]
    case 'not-ours':
      return [bad(check, `is signed with ${diagnosis.token}, and refused: ${diagnosis.words}`)]
    case 'other-address':
      return [
        bad(
          check,
          `is signed with ${diagnosis.token} over ${diagnosis.signed}, the app looks at ${diagnosis.expected}`,
          adviceOf(diagnosis, settings),
        ),
      ]
    case 'other-body':
      return [
        bad(
          check,
          `is signed with ${diagnosis.token}, and its body was changed on its way: ${diagnosis.words}`,
          'mount the app before body parsers, and let proxies pass bodies on as they are',
        ),
      ]
    case 'wrong-secret':
      return [
        bad(
          check,
          `is signed with ${diagnosis.setting}`,
          'callbacks are signed with the auth token of the account, never with the secret of an API key',
        ),
      ]
    case 'unsigned':
      return [
        bad(
          check,
          'has no X-Twilio-Signature',
          'it is not of Twilio, or a proxy took the header away: let it pass',
        ),
      ]
    case 'no-signature-shape':
      return [
        bad(
          check,
          'has an X-Twilio-Signature that no callback has',
          'it must be 28 characters of Base64: see whether a proxy doubles or cuts the header',
        ),
      ]
    case 'unknown':
      return [
        bad(
          check,
          `fits none of ${diagnosis.tried.addresses} addresses with ${diagnosis.tried.tokens.join(', ')}`,
          diagnosis.hints.join('; '),
        ),
      ]
  }
}

type OtherAddress = Extract<CallbackDiagnosis, { kind: 'other-address' }>

function adviceOf({ publicUrl, differences }: OtherAddress, settings: Settings): string {
  if (publicUrl !== undefined) {
    return `set publicUrl to ${publicUrl} (now ${settings.publicUrl}), in every process that sends or listens`
  }
  const isQuery = differences.some((one) => one.startsWith('query'))
  return isQuery
    ? `the query was changed on its way (${differences.join('; ')}): let proxies pass it on as it is`
    : `Twilio calls another address (${differences.join('; ')}): have it call the one that the app looks at`
}
