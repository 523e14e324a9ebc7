import { randomBytes } from 'node:crypto'
import { createCommand, readNumber } from './command.ts'
import { jsonArg } from './server-args.ts'
import { show } from './terminal.ts'

/** A value for `verification.secrets`: 32 bytes or more, in letters that fit every shell and file. */
export function createVerificationSecret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** `hsb-twilio secret`: something nobody can guess. */
export const secretCommand = createCommand({
  name: 'hsb-twilio secret',
  summary: 'Print a new secret for verification.secrets',
  args: {
    bytes: {
      type: 'string',
      default: '32',
      valueHint: 'number',
      description: 'How many random bytes, 32 to 256',
    },
    json: jsonArg,
  },
  examples: ['hsb-twilio secret', 'hsb-twilio secret --bytes 64 --json'],
  async run(args) {
    const secret = createVerificationSecret(readNumber('bytes', args.bytes, 32, 256))
    return show(args.json ? { secret } : secret)
  },
})
