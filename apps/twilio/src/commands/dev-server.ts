import type { Simulator } from '@hsb/twilio-simulator'
import type { TwilioApp } from '../app.ts'
import type { TwilioConfig } from '../config.ts'
import { apiScopes } from '../domain/access.ts'
import type { Logger } from '../domain/log.ts'
import { codeOf, CommandError } from './command.ts'
import type { DevCredentialsFile } from './dev-credentials.ts'

/** What `dev` prints when it is ready. */
export interface DevAddresses {
  url: string
  simulator_url: string
  api_key: string
  account_sid: string
  auth_token: string
  verify_service_sid: string
}

/** A development server that runs. */
export interface DevServer {
  addresses: DevAddresses
  close(): Promise<void>
}

/** How a development server is to be. */
export interface DevOptions {
  host: string
  port: number
  /** `undefined`: the port after `port`, or any that is free. */
  simulatorPort: number | undefined
  backend: 'twilio-verify' | 'own-codes'
  database: string
  credentialsFile: DevCredentialsFile
  logger: Logger
}

/** A number that Twilio's magic ones count as able to send. */
const sender = '+15005550006'

/** Everything in one process, without an account: the app, and a Twilio for it to talk to. */
export async function startDevServer(options: DevOptions): Promise<DevServer> {
  const { host, port, logger, credentialsFile } = options
  const { credentials } = credentialsFile
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    for (const one of closing.splice(0).toReversed()) await one()
  }
  try {
    const { openListener } = await import('../listener.ts')
    const listener = await openListener({ host, port, logger })
    closing.push(() => listener.close(0))
    const { createSimulator } = await import('@hsb/twilio-simulator')
    const simulator = createSimulator({
      accountSid: credentials.account_sid,
      authToken: credentials.auth_token,
      verifyService: { sid: credentials.verify_service_sid, friendlyName: 'hsb-twilio dev' },
    })
    closing.push(() => simulator.close())
    const simulatorUrl = await openSimulator(simulator, options)

    const url = reachable(listener.url)
    const { createTwilioApp } = await import('../app.ts')
    const admin = { openOnLoopback: true, phonesUrl: `${simulatorUrl}/phones/` }
    const config: TwilioConfig = {
      twilio: {
        accountSid: credentials.account_sid,
        authToken: credentials.auth_token,
        verifyServiceSid: credentials.verify_service_sid,
        defaultFrom: sender,
        baseUrl: simulatorUrl,
      },
      publicUrl: url,
      database: options.database,
      verification: {
        backend: options.backend,
        secrets: [credentials.secret],
        countries: 'all',
        // Twilio's magic numbers are personal ones: here, and only here, they get codes.
        refusedTypes: ['premium', 'shared-cost', 'satellite', 'toll-free', 'uan'],
        appName: 'hsb-twilio dev',
      },
      delivery: { settleAfterSeconds: 5 },
      logger,
    }
    const app = createTwilioApp(config, { admin })
    closing.push(() => app.stop())
    await app.start()
    const apiKey = await keepApiKey(app, credentialsFile)

    const { serve } = await import('../server.ts')
    const server = serve(listener, app)
    simulator.setInboundUrl(`${url}/webhooks/sms/twilio/inbound/`)
    // The server stops the app; the simulator goes last, as the app may still be calling it.
    closing.splice(
      0,
      closing.length,
      () => simulator.close(),
      () => server.close(),
    )
    const addresses = {
      url,
      simulator_url: simulatorUrl,
      api_key: apiKey,
      account_sid: credentials.account_sid,
      auth_token: credentials.auth_token,
      verify_service_sid: credentials.verify_service_sid,
    }
    return { addresses, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The key of the last run while the database knows it, else a new one. */
async function keepApiKey(app: TwilioApp, file: DevCredentialsFile): Promise<string> {
  const { api_key: last } = file.credentials
  if (last !== undefined && (await app.apiKeys.principalOf(last))) return last
  const { key } = await app.apiKeys.create({ name: 'dev', scopes: apiScopes })
  file.save({ ...file.credentials, api_key: key })
  return key
}

async function openSimulator(simulator: Simulator, options: DevOptions): Promise<string> {
  const { simulatorPort, port } = options
  // Beside the API, where a person looks for it; a program is told the address.
  const ports = simulatorPort === undefined ? [port === 0 ? 0 : port + 1, 0] : [simulatorPort]
  for (const one of ports) {
    try {
      const { url } = await simulator.listen({ port: one, host: '127.0.0.1' })
      // By number: a name may stand for several addresses, and somebody else's server for one of them.
      return url.replace('//localhost:', '//127.0.0.1:')
    } catch (error) {
      if (one === ports.at(-1)) {
        throw new CommandError(`the simulator cannot listen on port ${one}: ${codeOf(error)}`, {
          cause: error,
        })
      }
    }
  }
  throw new Error('no port was tried')
}

/** An address to call where the one to listen on is a wildcard. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
