import { readFileSync } from 'node:fs'
import { defineConfig } from '@hsb/twilio'

// This file is yours, so it may read the environment; the app itself never does.
const { env } = process

/** A value, or the content of the file that `<name>_FILE` names: secrets are often mounted as files. */
function read(name: string): string | undefined {
  const [value, file] = [env[name], env[`${name}_FILE`]]
  return value || file === undefined ? value : readFileSync(file, 'utf8').trim()
}

function need(name: string): string {
  const value = read(name)
  if (!value) throw new Error(`${name} is not set`)
  return value
}

export default defineConfig({
  twilio: {
    accountSid: need('TWILIO_ACCOUNT_SID'),
    authToken: need('TWILIO_AUTH_TOKEN'),
    defaultFrom: need('TWILIO_FROM'),
    baseUrl: env['TWILIO_BASE_URL'], // a simulator; unset, it is Twilio itself
  },
  publicUrl: need('PUBLIC_URL'),
  database: need('DATABASE_URL'),
  verification: {
    secrets: need('VERIFICATION_SECRETS').split(','), // the newest first
    countries: (env['VERIFICATION_COUNTRIES'] ?? 'US').split(','),
  },
  // Your proxy is the only one that can reach this server, so its X-Forwarded-For counts.
  http: { trustedProxies: Number(env['TRUSTED_PROXIES'] ?? '1') },
})
