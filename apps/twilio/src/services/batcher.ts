/**
 * Gathers calls that arrive together and runs them as one: the group commit. A lone call waits for
 * the end of the current turn of the event loop and no longer; while a group is running, and for one
 * turn after it, the next one gathers.
 */
export function createBatcher<Input, Output>(
  run: (inputs: Input[]) => Promise<Output[]>,
  {
    most = 100,
    isOutage = () => false,
  }: {
    most?: number | undefined
    /** True for a failure that nobody's input has caused: everybody who waits gets it at once. */
    isOutage?: ((error: unknown) => boolean) | undefined
  } = {},
): (input: Input) => Promise<Output> {
  interface Waiting {
    input: Input
    resolve(output: Output): void
    reject(error: unknown): void
  }
  let waiting: Waiting[] = []
  let running = false

  async function runGroup(group: Waiting[]): Promise<void> {
    try {
      const outputs = await run(group.map((one) => one.input))
      outputs.forEach((output, i) => group[i]?.resolve(output))
      // A caller whose output is missing would otherwise wait for ever.
      const forgotten = new Error('the group answered too few results')
      for (const one of group.slice(outputs.length)) one.reject(forgotten)
    } catch (error) {
      if (isOutage(error)) {
        // One after another they would only wait for the same, each as long as this group did.
        for (const one of [...group, ...waiting.splice(0)]) one.reject(error)
      } else if (group.length === 1) {
        group[0]?.reject(error)
      } else {
        // One bad input must not fail its neighbours, and not hold them up: each gets a group of its own.
        await Promise.all(group.map((one) => runGroup([one])))
      }
    }
  }

  async function drain(): Promise<void> {
    const group = waiting.slice(0, most)
    waiting = waiting.slice(most)
    await runGroup(group)
    if (waiting.length === 0) running = false
    // A turn later, so that those who have just been answered can come along: else whoever came alone
    // while a group was running would be a group, all others would wait for him, and so on in turns.
    else setImmediate(() => setImmediate(() => void drain()))
  }

  return (input) =>
    new Promise((resolve, reject) => {
      waiting.push({ input, resolve, reject })
      if (running) return
      running = true
      setImmediate(() => void drain())
    })
}
