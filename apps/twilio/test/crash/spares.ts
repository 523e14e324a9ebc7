import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { testProgram } from '../test-program.ts'
import { shareCompiled } from './mortal.ts'

/** Processes that have loaded everything and wait to be told what to do. */
export interface Spares {
  take(): ChildProcess
  close(): Promise<void>
}

/** Keeps so many of `script` ready. */
export function keepSpares(script: string, ready: number): Spares {
  const cache = shareCompiled()
  const program = testProgram(import.meta.dirname, script)
  const spawnOne = () =>
    spawn(process.execPath, program, {
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache.folder },
    })
  const waiting = Array.from({ length: ready }, spawnOne)
  return {
    take() {
      waiting.push(spawnOne())
      return waiting.shift() ?? spawnOne()
    },
    async close() {
      await Promise.all(waiting.map(killed))
      cache.release()
    },
  }
}

/** SIGKILL; resolves when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
