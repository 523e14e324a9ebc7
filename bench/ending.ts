import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'

// Whatever is begun here ends with the run, also when that is stopped from outside: the programs that
// it started are killed by their ids, whoever waits for one of them fails, and the rest is unwound.

const programs = new Set<ChildProcess>()
const endings: (() => Promise<void> | void)[] = []
let isOver = false

/** Does this at the end of the run, after what was asked for later. */
export function atEnd(ending: () => Promise<void> | void): void {
  endings.push(ending)
}

/** Has a program end with the run at the latest. Throws, and ends it at once, when the run is over. */
export function endWithRun<Child extends ChildProcess>(program: Child): Child {
  programs.add(program)
  program.once('exit', () => programs.delete(program))
  if (isOver) program.kill('SIGKILL')
  goOn()
  return program
}

/** Throws when somebody wants the run to end. */
export function goOn(): void {
  if (isOver) throw new Error('stopped')
}

/** Runs the bench and unwinds it, however it ends. */
export async function runToItsEnd(run: () => Promise<void>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isOver = true
      process.exitCode = 128 + constants.signals[signal]
      for (const program of programs) program.kill('SIGKILL')
    })
  }
  try {
    await run()
  } catch (error) {
    if (!isOver) throw error
  } finally {
    for (const ending of endings.toReversed()) await ending()
  }
}
