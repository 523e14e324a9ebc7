#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createSimulator } from './create-simulator.ts'

const usage = `twilio-simulator: a Twilio on your desk, with phones to look at

  --port <n>            where it listens (default 4010; 0: any that is free)
  --host <address>      (default 127.0.0.1)
  --inbound-url <url>   where replies from phones are posted
  --help

  twilio-simulator
  twilio-simulator --port 4010 --inbound-url http://localhost:3000/inbound
`

process.exitCode = await main()

async function main(): Promise<number | undefined> {
  const options = read()
  if (options === undefined) return 2
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  try {
    const simulator = createSimulator({ inboundUrl: options['inbound-url'] })
    const { url } = await simulator.listen({ port: Number(options.port), host: options.host })
    process.stdout.write(
      [
        `Phones       ${url}/phones/`,
        `Twilio       ${url}`,
        `Account SID  ${simulator.accountSid}`,
        `Auth token   ${simulator.authToken}`,
        '',
      ].join('\n'),
    )
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void simulator.close())
    return undefined
  } catch (error) {
    process.stderr.write(`twilio-simulator: ${error instanceof Error ? error.message : 'failed'}\n`)
    return 1
  }
}

function read() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4010' },
        host: { type: 'string', default: '127.0.0.1' },
        'inbound-url': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (/^\d{1,5}$/.test(values.port) && Number(values.port) < 65_536) return values
    throw new RangeError(`'--port' has to be a number up to 65535`)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'wrong usage'
    process.stderr.write(`twilio-simulator: ${why}\nTry: twilio-simulator --help\n`)
    return undefined
  }
}
