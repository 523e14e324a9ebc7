import { codeOf, CommandError, createCommand, UsageError } from './command.ts'
import { newCredentials } from './dev-credentials.ts'
import { hostArg, jsonArg, portArg, readPort } from './server-args.ts'
import { untilStopped } from './stop-signals.ts'
import { paint, print, printJson, tell } from './terminal.ts'

const sidArg = (description: string) =>
  ({
    type: 'string',
    valueHint: 'sid',
    description: `${description} (default: a new one)`,
  }) as const

/** `hsb-twilio simulate`: the simulated Twilio alone, for programs in any language. */
export const simulateCommand = createCommand({
  name: 'hsb-twilio simulate',
  summary: 'Run the simulated Twilio alone',
  args: {
    port: portArg('4401'),
    host: { ...hostArg, description: 'The address to listen on' },
    'account-sid': sidArg('AC and 32 hex digits'),
    'auth-token': {
      type: 'string',
      valueHint: 'token',
      description: '32 hex digits (default: a new one)',
    },
    'verify-service-sid': sidArg('VA and 32 hex digits'),
    'inbound-url': {
      type: 'string',
      valueHint: 'url',
      description: 'Where texts that phones write are posted',
    },
    json: { ...jsonArg, description: 'Print one line of JSON when ready, and nothing else' },
  },
  examples: ['hsb-twilio simulate', 'hsb-twilio simulate --port 4010 --json'],
  async run(args) {
    const port = readPort('port', args.port)
    const fresh = newCredentials()
    const accountSid = readSid('account-sid', 'AC', args['account-sid'] ?? fresh.account_sid)
    const authToken = readSid('auth-token', '', args['auth-token'] ?? fresh.auth_token)
    const serviceSid = readSid(
      'verify-service-sid',
      'VA',
      args['verify-service-sid'] ?? fresh.verify_service_sid,
    )
    const asked = args['inbound-url']
    const inboundUrl = asked === undefined ? undefined : readUrl('inbound-url', asked)
    const stopped = untilStopped()
    const { createSimulator } = await import('@hsb/twilio-simulator')
    const simulator = createSimulator({
      accountSid,
      authToken,
      verifyService: { sid: serviceSid, friendlyName: 'Simulator' },
      inboundUrl,
    })
    try {
      const { url } = await simulator.listen({ port, host: args.host })
      const facts = {
        url: url.replace('//localhost:', '//127.0.0.1:'),
        account_sid: accountSid,
        auth_token: authToken,
        verify_service_sid: serviceSid,
        messaging_service_sid: simulator.messagingServiceSid ?? null,
      }
      if (args.json) printJson(facts)
      else printWords(facts)
      await stopped
      return 0
    } catch (error) {
      const code = codeOf(error)
      if (!/^E[A-Z]+$/.test(code)) throw error
      throw new CommandError(`cannot listen on port ${port}: ${code}`, { cause: error })
    } finally {
      await simulator.close()
    }
  },
})

function printWords(facts: Record<string, string | null>): void {
  for (const [name, value] of Object.entries(facts)) {
    if (value !== null) print(`${paint('strong', name.padEnd(21))}  ${value}`)
  }
  tell('no text leaves this machine; Ctrl-C stops it')
}

function readSid(flag: string, prefix: string, text: string): string {
  if (new RegExp(`^${prefix}[0-9a-f]{32}$`, 'i').test(text)) return text
  throw new UsageError(
    `Option '--${flag}' must be ${prefix === '' ? '' : `${prefix} and `}32 hex digits`,
  )
}

/** Reads an address of a flag. */
export function readUrl(flag: string, text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new UsageError(`Option '--${flag}' must be an http(s) URL, not '${text}'`)
}
