import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// What a user gets: the packed packages are installed in an empty project and type-checked there by
// each TypeScript that is in use, from a front end that has no Node and from a server. Build first.
const compilers = { 'ts-5.9': '5.9.3', 'ts-6': '6.0.3', 'ts-7': '7.0.2' }
const packages = ['libs/twilio-sms', 'libs/twilio-simulator', 'apps/twilio']

const page = `import { createTwilioClient, type CheckResult } from '@hsb/twilio/client'

const client = createTwilioClient({ baseUrl: '/sms' })

export async function start(toPhone: string): Promise<string> {
  const result = await client.verification.start({ toPhone, purpose: 'login' })
  switch (result.kind) {
    case 'started':
      return result.verificationId
    case 'throttled':
      return \`wait \${result.retryAfterSeconds.toFixed(0)} s\`
    case 'invalid-phone':
      return result.errors?.[0]?.message ?? ''
    default:
      return result.kind
  }
}

export function wordsOf(result: CheckResult): string {
  switch (result.kind) {
    case 'approved':
      return result.token + result.toPhone
    case 'incorrect':
      return String(result.attemptsLeft)
    case 'expired':
    case 'too-many-attempts':
    case 'already-used':
    case 'canceled':
    case 'not-found':
    case 'invalid-body':
    case 'invalid-phone':
    case 'throttled':
    case 'unauthenticated':
    case 'forbidden':
    case 'unavailable':
    case 'unreachable':
    case 'aborted':
    case 'unexpected':
      return result.kind
  }
}

// @ts-expect-error a start needs a phone
void client.verification.start({ purpose: 'login' })
// @ts-expect-error there is no such field
void client.messages.send({ toPhone: '+1', message: 'x', colour: 'red' })
`

const server = `import { createTwilioApp, defineConfig } from '@hsb/twilio'
import { createTwilioClient } from '@hsb/twilio/client'

const config = defineConfig({
  twilio: { accountSid: \`AC\${'0'.repeat(32)}\`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://shop.example.com/sms',
  database: ':memory:',
  worker: 'manual',
})
const sms = createTwilioApp(config)
await sms.start()
const { key } = await sms.apiKeys.create({ name: 'consumer', scopes: ['send', 'read'] })
const client = createTwilioClient({
  baseUrl: config.publicUrl,
  apiKey: key,
  fetch: (url, init) => sms.fetch(new Request(url, init)),
})
const sent = await client.messages.send({ toPhone: '+14155552671', message: 'Hello' })
const id: string | undefined = sent.kind === 'accepted' ? sent.message.id : undefined
const found = await client.messages.status(id ?? '')
// @ts-expect-error a message is known only once it is found
void found.message
console.log(sent.kind, found.kind === 'found' ? found.message.status : found.kind)
await sms.stop()
`

const hosts = `import 'reflect-metadata'
import { createTwilioApp, defineConfig } from '@hsb/twilio'
import { MessagesService, TwilioModule, TwilioService } from '@hsb/twilio/nest'
import { keepTwilioApp, twilioRoutes } from '@hsb/twilio/next'
import { NestFactory } from '@nestjs/core'
import Fastify from 'fastify'

const config = defineConfig({
  twilio: { accountSid: \`AC\${'0'.repeat(32)}\`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://shop.example.com/sms',
  database: ':memory:',
  worker: 'manual',
})
const app = Fastify()
app.register(createTwilioApp(config).fastify)
const live = await app.inject({ url: '/sms/livez' })

const sms = keepTwilioApp(() => createTwilioApp(config))
const { GET } = twilioRoutes(sms)
const routed = await GET(new Request('https://shop.example.com/sms/livez/'))

const module = TwilioModule.forRootAsync({ inject: [], useFactory: () => config })
const nest = await NestFactory.createApplicationContext(module, { logger: false })
const sent = await nest.get(MessagesService).send({ toPhone: '+14155552671', message: 'Hello' })
// @ts-expect-error the app is a member of the service
void nest.get(TwilioService).messages
console.log(live.statusCode, routed.status, sent.kind)
process.exit()
`

const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
}
const projects = {
  'page by a bundler': {
    files: ['page.ts'],
    compilerOptions: {
      ...strict,
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2022', 'dom'],
      types: [],
    },
  },
  'server by a bundler': {
    files: ['server.ts'],
    compilerOptions: {
      ...strict,
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023'],
      types: ['node'],
    },
  },
  'server by Node': {
    files: ['server.ts', 'page.ts'],
    compilerOptions: {
      ...strict,
      module: 'nodenext',
      moduleResolution: 'nodenext',
      lib: ['es2023'],
      types: ['node'],
    },
  },
}

// What a host brings along has types of its own making: they are its business.
const withHosts = {
  files: ['hosts.ts'],
  compilerOptions: { ...projects['server by Node'].compilerOptions, skipLibCheck: true },
}
const frameworks = ['@nestjs/common@12.5.1', '@nestjs/core@12.5.1', 'fastify@5.12.8']
const theirPeers = ['reflect-metadata@0.2.2', 'rxjs@7.8.2']

const folder = mkdtempSync(join(tmpdir(), 'hsb-consumer-'))
let failures = 0
function report(ok: boolean, what: string, output: string): void {
  console.log(`${ok ? 'ok' : 'FAILED'}: ${what}`)
  if (ok) return
  console.error(output)
  failures++
}

const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts']
const stdio = ['ignore', 'ignore', 'inherit'] as const

try {
  const packs = packages.map((path) => `./${path}`)
  execFileSync('npm', ['pack', '--pack-destination', folder, ...packs], { stdio: 'ignore' })
  const tarballs = readdirSync(folder).map((name) => `./${name}`)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const typescripts = Object.entries(compilers).map(
    ([name, one]) => `${name}@npm:typescript@${one}`,
  )
  const wanted = [...tarballs, ...typescripts, '@types/node@24.19.2']
  execFileSync('npm', [...install, ...wanted], { cwd: folder, stdio: [...stdio] })
  writeFileSync(join(folder, 'page.ts'), page)
  writeFileSync(join(folder, 'server.ts'), server)
  const check = (project: string, config: object) => {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    for (const [compiler, version] of Object.entries(compilers)) {
      const tsc = join(folder, 'node_modules', compiler, 'bin', 'tsc')
      const run = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
      report(run.status === 0, `${project}, TypeScript ${version}`, run.stdout + run.stderr)
    }
  }
  const runs = (file: string, words: string) => {
    const run = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
    report(run.stdout === words, `${file} runs`, run.stdout + run.stderr)
  }
  for (const [project, config] of Object.entries(projects)) check(project, config)
  // Without any framework installed.
  runs('server.ts', 'accepted QUEUED\n')
  execFileSync('npm', [...install, ...frameworks, ...theirPeers], {
    cwd: folder,
    stdio: [...stdio],
  })
  writeFileSync(join(folder, 'hosts.ts'), hosts)
  check('Fastify, Nest and Next by Node', withHosts)
  runs('hosts.ts', '200 200 accepted\n')
} finally {
  rmSync(folder, { recursive: true })
}
process.exit(failures === 0 ? 0 : 1)
