import type { TwilioApp } from '../app.ts'
import type { StartResult } from '../services/start-request.ts'
import type { CheckResult } from '../services/verification-check.ts'
import { createCommand, readChoice } from './command.ts'
import { configArg, withApp } from './config-file.ts'
import { tellRefusal, waitWords } from './refusal.ts'
import { jsonArg } from './server-args.ts'
import { print, printJson, tell } from './terminal.ts'

const channels = ['sms', 'call', 'whatsapp'] as const

/** `hsb-twilio verify start`: a code goes to a phone. */
export const startVerificationCommand = createCommand({
  name: 'hsb-twilio verify start',
  summary: 'Send a verification code to a phone; prints the id for verify check',
  args: {
    config: configArg,
    to: { type: 'string', required: true, valueHint: 'phone', description: 'E.164: +14155552671' },
    channel: {
      type: 'string',
      default: 'sms',
      valueHint: channels.join('|'),
      description: 'How the code travels',
    },
    locale: { type: 'string', valueHint: 'tag', description: 'Language of the text: sv, pt-BR' },
    id: { type: 'string', valueHint: 'id', description: 'Sends this running one once more' },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio verify start --config twilio.config.ts --to +14155552671',
    'hsb-twilio verify start --to +14155552671 --locale sv --json',
  ],
  async run(args) {
    const channel = readChoice('channel', args.channel, channels)
    const { to: toPhone, locale, id: verificationId, json } = args
    return withStarted(args.config, async (app) => {
      const result = await app.verifications.start({ toPhone, channel, locale, verificationId })
      if (result.kind !== 'started') return refuse(result, json)
      // An own code waits in the outbox like any other message; Twilio Verify has sent its own by now.
      await app.runDue()
      await printStarted(result, json)
      return 0
    })
  },
})

/** `hsb-twilio verify check`: what somebody typed is looked at. */
export const checkVerificationCommand = createCommand({
  name: 'hsb-twilio verify check',
  summary: 'Check a verification code; exits with 1 unless it is approved',
  args: {
    config: configArg,
    id: {
      type: 'string',
      required: true,
      valueHint: 'id',
      description: 'As printed by verify start',
    },
    code: { type: 'string', required: true, valueHint: 'digits', description: 'As it was typed' },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio verify check --id 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a --code 123456',
    'hsb-twilio verify check --id 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a --code 123456 --json',
  ],
  run: (args) =>
    withStarted(args.config, async (app) => {
      const { id: verificationId, code, json } = args
      const result = await app.verifications.check({ verificationId, code })
      if (result.kind === 'throttled' || result.kind === 'unavailable') return refuse(result, json)
      await printOutcome(result, json)
      return result.kind === 'approved' ? 0 : 1
    }),
})

function withStarted(config: string, use: (app: TwilioApp) => Promise<number>): Promise<number> {
  return withApp(config, { logLevel: 'warn' }, async (app) => {
    await app.start()
    return use(app)
  })
}

async function printStarted(
  result: Extract<StartResult, { kind: 'started' }>,
  json: boolean,
): Promise<void> {
  const { toTime } = await import('../routes/shapes.ts')
  const { verificationId, channel, sendsLeft } = result
  const [expiresAt, resendAfter] = [toTime(result.expiresAt), toTime(result.resendAfter)]
  if (!json) {
    print(verificationId)
    tell(`pending until ${expiresAt}, ${sendsLeft} sends left, the next one after ${resendAfter}`)
    return
  }
  printJson({
    verification_id: verificationId,
    status: 'pending',
    channel,
    expires_at: expiresAt,
    resend_after: resendAfter,
    sends_left: sendsLeft,
  })
}

async function printOutcome(
  result: Exclude<CheckResult, { kind: 'throttled' | 'unavailable' }>,
  json: boolean,
): Promise<void> {
  const outcome = result.kind
  const attemptsLeft = result.kind === 'incorrect' ? result.attemptsLeft : undefined
  if (!json) {
    print(outcome)
    if (attemptsLeft !== undefined) tell(`${attemptsLeft} attempts left`)
    return
  }
  if (result.kind !== 'approved') {
    printJson({ outcome, attempts_left: attemptsLeft })
    return
  }
  const { toTime } = await import('../routes/shapes.ts')
  const { token, tokenExpiresAt, toPhone } = result
  printJson({ outcome, token, token_expires_at: toTime(tokenExpiresAt), to_phone: toPhone })
}

type Refusal = { kind: Exclude<StartResult['kind'], 'started'>; retryAfterSeconds?: number }

function refuse({ kind: code, retryAfterSeconds }: Refusal, json: boolean): Promise<number> {
  const detail = retryAfterSeconds === undefined ? undefined : waitWords(retryAfterSeconds)
  return tellRefusal({ code, detail, json })
}
