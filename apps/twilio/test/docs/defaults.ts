/** Settings that name nothing that has a default. */
export const least = {
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://example.com',
}

/** Every setting that has a value, by its path: what is no object stands for itself, and so do lists and secrets. */
export function defaultsOf(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, one]: [string, unknown]): [string, unknown][] => {
    const isSection = typeof one === 'object' && one !== null && !Array.isArray(one)
    return isSection && Object.keys(one).length > 0 && !('reveal' in one)
      ? defaultsOf(one, `${path}${name}.`)
      : [[`${path}${name}`, one]]
  })
}

/** `5/600s` for a limit, JSON for everything else. */
export function written(value: unknown): string {
  if (!Array.isArray(value) || !value.every(isRule) || value.length === 0) {
    return JSON.stringify(value)
  }
  return `[${value.map((rule) => `${rule.limit}/${rule.windowSeconds}s`).join(', ')}]`
}

function isRule(value: unknown): value is { limit: number; windowSeconds: number } {
  return typeof value === 'object' && value !== null && 'windowSeconds' in value
}
