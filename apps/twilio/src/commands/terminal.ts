import { styleText } from 'node:util'

// What the commands have in common on the screen. Results go to stdout, everything else to stderr, so
// that a result can be piped on.

const styles = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  quiet: 'dim',
  strong: 'bold',
} as const

/** Ahead of a line that says how something stands. */
export const marks = { good: '✓', bad: '✗', warning: '!' } as const

/** Text in colour where it goes to a terminal that shows colours and `NO_COLOR` is not set. */
export function paint(
  tone: keyof typeof styles,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(styles[tone], text, { stream })
}

/** One of the marks in its colour. */
export function mark(kind: keyof typeof marks): string {
  return paint(kind, marks[kind])
}

// Controls, which a terminal would obey.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f]/g

/** Text of somebody else's on one line, its control characters written out. */
export function harmless(text: string): string {
  return text.replaceAll(controls, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Writes a line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes the result for programs: one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** Writes the whole result, words or what a program is to read; answers the exit code. */
export function show(result: string | object): number {
  if (typeof result === 'string') print(result)
  else printJson(result)
  return 0
}

/** Tells the person something that is no part of the result. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** True where somebody can be asked: both what we write and what we read is a terminal. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Asks a question that is answered by y or n; the end of the input and Ctrl-C are a no. */
export async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await new Promise<string>((resolve) => {
      const none = () => {
        process.stderr.write('\n')
        resolve('')
      }
      lines.once('SIGINT', none).once('close', none)
      lines.question(`${question} [y/N] `, (text) => {
        lines.off('close', none)
        resolve(text)
      })
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.removeAllListeners('close').close()
  }
}
