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

/** Text in colour where it goes to a terminal that shows colours and `NO_COLOR` is not set. */
export function paint(
  tone: keyof typeof styles,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(styles[tone], text, { stream })
}

/** Writes a line of the result. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes the result for programs: one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** Tells the person something that is no part of the result. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}
