import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Place } from './place.ts'
import { cpuOf } from './cpu.ts'
import { endWithRun } from './ending.ts'

/** What a program says of itself, one line of JSON at a time. */
export type Facts = Record<string, string | number>

/** A program in a process of its own, on a CPU of its own where there are two. */
export interface Program {
  /** What it said when it was ready. */
  facts: Facts
  /** Sends it a command and waits for its answer. Rejects when it ends instead. */
  ask(command: string): Promise<Facts>
  /** CPU time used so far by all its threads, in microseconds. */
  cpuMicros(): number
  stop(): Promise<void>
}

/** Starts a program of `bench/servers` or `bench/workers` over this database, and waits until it is ready. */
export async function startProgram(
  script: string,
  place: Place,
  args: string[] = [],
): Promise<Program> {
  const node = [
    process.execPath,
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    `bench/${script}.ts`,
    JSON.stringify(place),
    ...args,
  ]
  const child = endWithRun(
    spawn('taskset', ['-c', '1', ...node], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const gone = once(child, 'exit')
  const ended = gone.then(([code]) => {
    throw new Error(`${script} ended (${code}) before it answered`)
  })
  // Nobody may be waiting when it is stopped.
  ended.catch(() => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const line = await Promise.race([lines.next(), ended])
    if (line.done === true) await ended
    return JSON.parse(String(line.value)) as Facts
  }
  const pid = child.pid ?? 0
  return {
    facts: await answer(),
    ask(command) {
      child.stdin.write(`${command}\n`)
      return answer()
    },
    cpuMicros: () => cpuOf(pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      // They end by themselves then (see commands.ts), and write down what a profiler has seen.
      child.stdin.end()
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(patience)
    },
  }
}
