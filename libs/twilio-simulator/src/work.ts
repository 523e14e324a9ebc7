/** Counts what is under way, so that a test can wait for the end of it. */
export interface Work {
  run<T>(task: () => Promise<T>): Promise<T>
  /** Counts by hand; for work that pauses while it waits for the clock. */
  begin(): void
  end(): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function createWork(): Work {
  let count = 0
  let waiting: (() => void)[] = []
  const work: Work = {
    begin() {
      count++
    },
    end() {
      count--
      if (count > 0) return
      const ready = waiting
      waiting = []
      for (const resume of ready) resume()
    },
    async run(task) {
      work.begin()
      try {
        return await task()
      } finally {
        work.end()
      }
    },
    async idle() {
      // What was waiting for the same moment may begin something new before we look again.
      if (count === 0) return
      await new Promise<void>((resolve) => waiting.push(resolve))
      await work.idle()
    },
  }
  return work
}
