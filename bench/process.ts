import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A server in a process of its own, on a CPU of its own where there are two. */
export interface ServerProcess {
  port: number
  /** What the server said of itself besides its port. */
  facts: Record<string, string | number>
  /** CPU time used so far by all its threads, in microseconds. */
  cpuMicros(): number
  /** Resident memory in MiB. */
  memoryMiB(): number
  stop(): Promise<void>
}

/** Starts one of `bench/servers` and waits until it listens. */
export async function startServerProcess(script: string, args: string[]): Promise<ServerProcess> {
  const node = [
    process.execPath,
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    script,
    ...args,
  ]
  const child = spawn('taskset', ['-c', '1', ...node], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await firstLine(child)
  const facts = JSON.parse(line) as Record<string, string | number>
  const pid = child.pid ?? 0
  return {
    port: Number(facts['port']),
    facts,
    cpuMicros: () =>
      readdirSync(`/proc/${pid}/task`)
        .map((task) =>
          Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
        )
        .reduce((sum, nanos) => sum + nanos / 1_000, 0),
    memoryMiB: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024,
    async stop() {
      if (child.exitCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code} before it listened`)),
    )
    child.once('error', reject)
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve)
  })
}
