/** Lets one in at a time, in the order of arrival, without a turn of the event loop in between. */
export interface Gate {
  enter(): Promise<void>
  leave(): void
}

/** A gate with nobody inside. */
export function createGate(): Gate {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async enter() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
    },
    leave() {
      const next = waiting.shift()
      if (next === undefined) taken = false
      else next()
    },
  }
}
