import { readSettings, type Settings } from './config.ts'

/** One setting as it may be shown. */
export interface SettingFacts {
  name: string
  value: unknown
  /** Null for what has none. */
  default: unknown
}

/** Every setting that is in force, secrets hidden. */
export function listSettings(settings: Settings): SettingFacts[] {
  // What has no default has to be there to read the others.
  const least = readSettings({
    twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: '-' },
    publicUrl: 'https://example.com',
  })
  const given = ['twilio.accountSid', 'twilio.authToken', 'twilio.defaultFrom', 'publicUrl']
  const defaults = new Map(flat(least))
  return flat(settings).map(([name, value]) => {
    return { name, value, default: given.includes(name) ? null : (defaults.get(name) ?? null) }
  })
}

/** Ends in what can be written as JSON: a function or a client of the host's is only named. */
function flat(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, one]: [string, unknown]): [string, unknown][] => {
    const place = `${path}${name}`
    if (place === 'logger' || typeof one === 'function') return [[place, 'given']]
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return [[place, one]]
    if ('reveal' in one) return [[place, '[secret]']]
    const isPlain = Object.getPrototypeOf(one) === Object.prototype
    if (!isPlain) return [[place, 'given']]
    return Object.keys(one).length === 0 ? [[place, {}]] : flat(one, `${place}.`)
  })
}
