import { CommandError, createCommand, fieldsOf, UsageError } from './command.ts'
import { call, NoAnswerError } from './http-call.ts'
import { jsonArg } from './server-args.ts'
import { readUrl } from './simulate.ts'
import { print, printJson } from './terminal.ts'

const urlArg = {
  type: 'string',
  default: 'http://127.0.0.1:4401',
  valueHint: 'url',
  description: 'Where the simulator listens',
} as const

/** `hsb-twilio simulate inbound`: a person writes a text. */
export const inboundCommand = createCommand({
  name: 'hsb-twilio simulate inbound',
  summary: 'Write a text on a simulated phone',
  args: {
    url: urlArg,
    from: { type: 'string', required: true, valueHint: 'phone', description: 'The phone: E.164' },
    body: { type: 'string', required: true, valueHint: 'text', description: 'What it writes' },
    to: {
      type: 'string',
      valueHint: 'phone',
      description: 'Default: the sender of the last text it got',
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio simulate inbound --from +14155552671 --body STOP',
    'hsb-twilio simulate inbound --url http://127.0.0.1:4010 --from +14155552671 --to +15005550006 --body Hi --json',
  ],
  async run(args) {
    const { from, body, to } = args
    const answer = await control(args.url, 'replies', { from, body, ...(to && { to }) })
    print(args.json ? answer : `${from} wrote to ${receiverOf(answer)}`)
    return 0
  },
})

/** `hsb-twilio simulate fault`: something goes wrong at the simulated Twilio. */
export const faultCommand = createCommand({
  name: 'hsb-twilio simulate fault',
  summary: 'Make something go wrong at a running simulator',
  args: {
    fault: {
      type: 'positional',
      required: false,
      description: 'A behaviour as JSON, such as {"kind":"busy"}; without one they are listed',
    },
    url: urlArg,
    clear: { type: 'boolean', default: false, description: 'Takes all of them back' },
    json: jsonArg,
  },
  examples: [
    `hsb-twilio simulate fault '{"kind":"hang-up","after":"accepting","times":3}'`,
    'hsb-twilio simulate fault --clear --json',
  ],
  async run(args) {
    const { fault, clear } = args
    if (fault !== undefined && clear) throw new UsageError("'--clear' goes without a behaviour")
    if (clear) {
      await control(args.url, 'behaviours', undefined, 'DELETE')
      if (args.json) printJson({ behaviours: [] })
      else print('nothing goes wrong any more')
      return 0
    }
    const body = fault === undefined ? undefined : readJson(fault)
    const answer = await control(args.url, 'behaviours', body)
    print(args.json ? answer : listed(answer))
    return 0
  },
})

async function control(
  url: string,
  path: string,
  body?: unknown,
  method = body === undefined ? 'GET' : 'POST',
): Promise<string> {
  const target = `${readUrl('url', url).replace(/\/+$/, '')}/_simulator/${path}`
  try {
    const { status, text } = await call(target, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (status < 300) return text
    throw new CommandError(`the simulator refused it (${status}): ${text}`)
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    const words = `no simulator answers at ${url} (${error.reason}): hsb-twilio simulate`
    throw new CommandError(words, { cause: error })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('the behaviour is not JSON')
  }
}

function receiverOf(answer: string): string {
  return String(fieldsOf(fieldsOf(JSON.parse(answer)).get('message')).get('to'))
}

function listed(answer: string): string {
  const list = fieldsOf(JSON.parse(answer)).get('behaviours')
  if (!Array.isArray(list) || list.length === 0) return 'nothing goes wrong'
  return list.map((one) => JSON.stringify(one, withoutNulls)).join('\n')
}

/** What is left open is of no use to somebody who reads it. */
function withoutNulls(_: string, value: unknown): unknown {
  return value === null ? undefined : value
}
