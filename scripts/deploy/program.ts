import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** One command of an installation, running. */
export interface Running {
  /** Resolves once it has written this; rejects when it ends before. */
  says(pattern: RegExp): Promise<void>
  /** Everything it wrote. */
  output(): string
  kill(signal: NodeJS.Signals): void
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts a command as it is written, with nothing in its environment but what is given. */
export function start(
  t: TestContext,
  { words, cwd, env }: { words: string[]; cwd: string; env: Record<string, string> },
): Running {
  const [program = '', ...args] = words
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listeners = new Set<() => void>()
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const one of listeners) one()
    })
  }
  const exited = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  t.after(() => {
    child.kill('SIGKILL')
    return exited
  })
  return {
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(output)) resolve()
        }
        listeners.add(look)
        void exited.then(() => reject(new Error(`ended without ${String(pattern)}: ${output}`)))
        look()
      }),
    output: () => output,
    kill: (signal) => void child.kill(signal),
    exited,
  }
}
