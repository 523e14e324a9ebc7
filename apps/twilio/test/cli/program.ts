import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { childEnvironment, commandLine } from '../child-environment.ts'

/** The real program in a process of its own. */
export interface Program {
  /** The first line on stdout or stderr that fits; rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts it; it does not outlive the test. */
export function startProgram(
  t: TestContext,
  args: string[],
  { cwd, env }: { cwd?: string | undefined; env?: Record<string, string> | undefined } = {},
): Program {
  const child = spawn(process.execPath, [...commandLine, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    env: { ...childEnvironment, ...env },
  })
  const output = { stdout: '', stderr: '' }
  const look = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const one of look) one()
    })
  }
  const exited = exitOf(child)
  t.after(() => {
    child.kill('SIGKILL')
    return exited
  })
  return {
    async line(pattern) {
      const found = new Promise<string>((resolve) => {
        const one = () => {
          const lines = [...completeLines(output.stdout), ...completeLines(output.stderr)]
          const line = lines.find((text) => pattern.test(text))
          if (line === undefined) return
          look.delete(one)
          resolve(line)
        }
        look.add(one)
        one()
      })
      const ended = exited.then(() => undefined)
      const line = await Promise.race([found, ended])
      assert.ok(line !== undefined, `ended without ${String(pattern)}: ${output.stderr}`)
      return line
    },
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    kill: (signal) => void child.kill(signal),
    exited,
  }
}

/** Runs it to its end. */
export async function runProgram(
  t: TestContext,
  args: string[],
  options?: Parameters<typeof startProgram>[2],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = startProgram(t, args, options)
  const { code } = await program.exited
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

/** A folder that is gone after the test. */
export async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hsb-twilio-test-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a config file that exports this object; functions cannot be in it. */
export async function writeConfig(folder: string, config: unknown): Promise<string> {
  const file = join(folder, 'twilio.config.ts')
  await writeFile(file, `export default ${JSON.stringify(config)}\n`)
  return file
}

/** Waits for what another process does, of which nobody here is told. */
export async function until(holds: () => boolean): Promise<void> {
  const givenUpAt = performance.now() + 20_000
  while (!holds()) {
    assert.ok(performance.now() < givenUpAt, 'did not happen within 20 s')
    // Not by turns of the event loop: that other process needs the core.
    await delay(5)
  }
}

function completeLines(text: string): string[] {
  return text.split('\n').slice(0, -1)
}

function exitOf(child: ChildProcess): Program['exited'] {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    // `close` and not `exit`: everything that was written has arrived by then.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}
