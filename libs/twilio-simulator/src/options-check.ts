import { readCallbackUrl } from './callback-url.ts'
import type { SimulatorOptions } from './options.ts'

/** A wrong setting fails at once and is named, instead of looking like a fault of Twilio's. */
export function checkOptions(options: SimulatorOptions): void {
  const sid = (value: string | undefined, prefix: string, name: string) =>
    demand(
      value === undefined || new RegExp(`^${prefix}[0-9a-fA-F]{32}$`).test(value),
      name,
      `has to be ${prefix} and 32 hexadecimal digits`,
    )
  const url = (value: string | undefined, name: string) =>
    demand(
      value === undefined || readCallbackUrl(value) !== undefined,
      name,
      'has to be a URL that Twilio would call',
    )
  const atLeast = (value: number | undefined, least: number, name: string) =>
    demand(value === undefined || value >= least, name, `has to be at least ${least}`)

  sid(options.accountSid, 'AC', 'accountSid')
  sid(options.testAccountSid, 'AC', 'testAccountSid')
  for (const key of options.apiKeys ?? []) sid(key.sid, 'SK', 'apiKeys')
  for (const service of options.messagingServices ?? []) {
    sid(service.sid, 'MG', 'messagingServices.sid')
    url(service.statusCallback, 'messagingServices.statusCallback')
    url(service.inboundUrl, 'messagingServices.inboundUrl')
  }
  sid(options.verifyService?.sid, 'VA', 'verifyService.sid')
  const codeLength = options.verifyService?.codeLength ?? 6
  demand(
    Number.isInteger(codeLength) && codeLength >= 4 && codeLength <= 10,
    'verifyService.codeLength',
    'has to be 4 to 10',
  )
  atLeast(options.verifyService?.lifetimeMs, 1, 'verifyService.lifetimeMs')
  checkInboundUrl(options.inboundUrl, 'createSimulator')
  for (const [name, ms] of Object.entries(options.delays ?? {})) atLeast(ms, 0, `delays.${name}`)
  for (const ms of options.callbackRetryWaitsMs ?? []) atLeast(ms, 0, 'callbackRetryWaitsMs')
  atLeast(options.requestLogSize, 1, 'requestLogSize')
}

/** Where replies go; `who` is named in the RangeError. */
export function checkInboundUrl(url: string | undefined, who: string): void {
  if (url !== undefined && readCallbackUrl(url) === undefined)
    throw new RangeError(`${who}: inboundUrl has to be a URL that Twilio would call`)
}

function demand(good: boolean, name: string, rule: string): void {
  if (!good) throw new RangeError(`createSimulator: ${name} ${rule}`)
}
