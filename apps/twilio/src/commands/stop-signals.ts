/** The signals that ask for an orderly end. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm passes on a Ctrl-C that the terminal has sent to everybody already: two within this are one. */
const echoMs = 500

/** What of a process is needed to be told to stop. */
interface Stoppable {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  exit(code: number): void
}

/**
 * Resolves at the first signal. A later one ends the process at once with exit code 1, for who does
 * not want to wait.
 */
export function untilStopped(
  program: Stoppable = process,
  monotonic: () => number = () => performance.now(),
): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    for (const signal of signals) {
      program.on(signal, () => {
        firstAt ??= monotonic()
        if (monotonic() - firstAt > echoMs) program.exit(1)
        resolve(signal)
      })
    }
  })
}
