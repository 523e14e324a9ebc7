import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { spawn } from '@lydell/node-pty'
import { childEnvironment, commandLine } from '../child-environment.ts'

/** The real program at a real pseudo-terminal, as a person has it. */
export interface Terminal {
  /** Waits until the screen shows this; rejects when the program ends without it. */
  shows(pattern: RegExp): Promise<void>
  /** What came so far, colours included. */
  screen(): string
  /** Types; Enter is `\r`, Ctrl-C `\x03`, Ctrl-D `\x04`. */
  type(keys: string): void
  exited: Promise<number>
}

/** Starts it; it does not outlive the test. */
export function openTerminal(
  t: TestContext,
  args: string[],
  { cwd, env }: { cwd?: string; env?: Record<string, string> } = {},
): Terminal {
  const child = spawn(process.execPath, [...commandLine, ...args], {
    name: 'xterm-256color',
    cols: 200,
    rows: 50,
    cwd: cwd ?? process.cwd(),
    env: { ...childEnvironment, TERM: 'xterm-256color', ...env },
  })
  let screen = ''
  let look = () => {}
  child.onData((text) => {
    screen += text
    look()
  })
  let isOver = false
  const exited = new Promise<number>((resolve) => {
    child.onExit(({ exitCode }) => {
      isOver = true
      look()
      resolve(exitCode)
    })
  })
  t.after(async () => {
    if (!isOver) child.kill('SIGKILL')
    await exited
  })
  return {
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(screen)) resolve()
          else if (isOver)
            reject(new assert.AssertionError({ message: `no ${pattern}: ${screen}` }))
        }
        look()
      }),
    screen: () => screen,
    type: (keys) => child.write(keys),
    exited,
  }
}
