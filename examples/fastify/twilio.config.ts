import { defineConfig } from '@hsb/twilio'

// This file is yours, so it may read the environment; the app itself never does.
const { env } = process

export default defineConfig({
  twilio: {
    accountSid: env['TWILIO_ACCOUNT_SID'] ?? '',
    authToken: env['TWILIO_AUTH_TOKEN'] ?? '',
    defaultFrom: env['TWILIO_FROM'] ?? '+15005550006',
    baseUrl: env['TWILIO_BASE_URL'], // a simulator; unset, it is Twilio itself
  },
  publicUrl: env['PUBLIC_URL'] ?? 'https://shop.example.com/sms',
  verification: {
    secrets: [env['VERIFICATION_SECRET'] ?? ''],
    countries: ['US', 'SE'],
    appName: 'Example shop',
    access: 'public', // the front end starts and checks without a key
  },
  http: { trustedProxies: Number(env['TRUSTED_PROXIES'] ?? 0) }, // whose X-Forwarded-For counts
})
