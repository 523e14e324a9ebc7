// What `init` writes and shows: one entry a host. The code is that of the README and of the examples,
// and a test compares them.

/** A place where the app can live. */
export interface HostTemplate {
  name: string
  /** The package that gives the host away in a package.json; none for the standalone server. */
  package: string | undefined
  /** Where the lines go, in words. */
  file: string
  lines: readonly string[]
}

const config = "import config from './twilio.config.ts'"
const create = 'export const sms = createTwilioApp(config)'

/** Those that contain others come first: a Nest app has Express in it, too. */
export const hostTemplates = [
  {
    name: 'nest',
    package: '@nestjs/core',
    file: 'your root module, and the last line in main.ts',
    lines: [
      "import { TwilioModule } from '@hsb/twilio/nest'",
      config,
      '',
      '@Module({ imports: [TwilioModule.forRoot(config)] })',
      'export class AppModule {}',
      '',
      'app.enableShutdownHooks([], { useProcessExit: true })',
    ],
  },
  {
    name: 'next',
    package: 'next',
    file: 'the files that the comments name',
    lines: [
      '// sms.ts',
      "import { createTwilioApp } from '@hsb/twilio'",
      "import { keepTwilioApp } from '@hsb/twilio/next'",
      config,
      '',
      'export const sms = keepTwilioApp(() => createTwilioApp(config))',
      '',
      '// app/sms/[[...path]]/route.ts',
      "import { twilioRoutes } from '@hsb/twilio/next'",
      "import { sms } from '../../../sms.ts'",
      '',
      'export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = twilioRoutes(sms)',
      '',
      '// next.config.ts',
      "  skipTrailingSlashRedirect: true, // a redirect in between breaks Twilio's signature",
      "  serverExternalPackages: ['@hsb/twilio'],",
    ],
  },
  {
    name: 'fastify',
    package: 'fastify',
    file: 'where your server is made',
    lines: [
      "import { createTwilioApp } from '@hsb/twilio'",
      config,
      '',
      'const sms = createTwilioApp(config)',
      'app.register(sms.fastify)',
      'await sms.start()',
      "process.once('SIGTERM', () => void app.close().then(() => sms.stop()))",
    ],
  },
  {
    name: 'express',
    package: 'express',
    file: 'where your server is made',
    lines: [
      "import { createTwilioApp } from '@hsb/twilio'",
      config,
      '',
      create,
      'app.use(sms.node) // before the body parsers; paths that are not ours go on to your routes',
      'await sms.start()',
      "process.once('SIGTERM', () => server.close(() => sms.stop()))",
    ],
  },
  {
    name: 'hono',
    package: 'hono',
    file: 'where your server is made',
    lines: [
      "import { getConnInfo } from '@hono/node-server/conninfo'",
      "import { createTwilioApp } from '@hsb/twilio'",
      config,
      '',
      create,
      "app.all('/sms/*', (c) => sms.fetch(c.req.raw, { clientAddress: getConnInfo(c).remote.address }))",
      'await sms.start()',
      "process.once('SIGTERM', () => server.close(() => sms.stop()))",
    ],
  },
  {
    name: 'standalone',
    package: undefined,
    file: 'your terminal',
    lines: [
      'npx hsb-twilio migrate --config twilio.config.ts',
      'npx hsb-twilio keys create --config twilio.config.ts --name me --scopes send,read,verify',
      'npx hsb-twilio serve --config twilio.config.ts',
    ],
  },
] as const satisfies readonly HostTemplate[]

/** Where the settings go. */
export const configFile = 'twilio.config.ts'

/** The settings of a new app. Whatever is still missing is named when it starts. */
export const configText = `import { defineConfig } from '@hsb/twilio'

// This file is yours, so it may read the environment; the app itself never does.
const { env } = process

export default defineConfig({
  twilio: {
    accountSid: env['TWILIO_ACCOUNT_SID'] ?? '',
    authToken: env['TWILIO_AUTH_TOKEN'] ?? '',
    defaultFrom: env['TWILIO_FROM'] ?? '',
    baseUrl: env['TWILIO_BASE_URL'], // a simulator; unset, it is Twilio itself
  },
  // Where Twilio reaches the app, prefix included: https://shop.example.com/sms
  publicUrl: env['PUBLIC_URL'] ?? '',
  database: env['DATABASE_URL'] ?? 'file:./sms.db',
  verification: {
    secrets: [env['VERIFICATION_SECRET'] ?? ''],
    countries: [], // whose phones may be verified, such as ['US', 'SE']: none until you say so
  },
})
`

/** The variables that the file reads, with a secret that nobody else has. */
export function environmentOf(secret: string): Record<string, string> {
  return {
    TWILIO_ACCOUNT_SID: '',
    TWILIO_AUTH_TOKEN: '',
    TWILIO_FROM: '',
    PUBLIC_URL: '',
    VERIFICATION_SECRET: secret,
  }
}
