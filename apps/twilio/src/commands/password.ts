import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { CommandError } from './command.ts'

/** The flag of commands that set a password. */
export const generateArg = {
  type: 'boolean',
  description: 'Make a password and print it, instead of asking for one',
} as const

/**
 * A password: made here, typed twice on a terminal without being shown, or the first line of a pipe.
 * Never an argument, where the machine's other users would read it.
 */
export async function readPassword(
  isGenerated: boolean,
): Promise<{ password: string; isShown: boolean }> {
  if (isGenerated) return { password: randomBytes(18).toString('base64url'), isShown: true }
  if (!process.stdin.isTTY) return { password: await firstLine(), isShown: false }
  const password = await ask('Password: ')
  if ((await ask('Once more: ')) !== password) {
    throw new CommandError('the two passwords are not the same')
  }
  return { password, isShown: false }
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin })
  try {
    for await (const line of lines) return line
    throw new CommandError('the password is read from stdin, and nothing came')
  } finally {
    lines.close()
    process.stdin.destroy()
  }
}

/** Reads a line of a terminal that does not show what is typed. */
function ask(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let typed: string[] = []
    const end = (finish: () => void) => {
      stdin.off('data', take).setRawMode(false).pause()
      stderr.write('\n')
      finish()
    }
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed.join('')))
        if (character === '\u0003' || character === '\u0004') {
          return end(() => reject(new CommandError('nothing was changed')))
        }
        // Backspace takes one away, Ctrl-U the whole line; other control keys write nothing.
        if (character === '\u007f' || character === '\b') typed.pop()
        else if (character === '\u0015') typed = []
        else if (character >= ' ') typed.push(character)
      }
    }
    stdin.on('data', take).resume()
  })
}
