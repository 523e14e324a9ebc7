/** Lets one in at a time, in the order of arrival, without a turn of the event loop in between. */
export interface Gate {
  /** False when it was not one's turn in time: then there is nothing to leave. */
  enter(patienceMs?: number): Promise<boolean>
  leave(): void
}

/** A gate with nobody inside. */
export function createGate(): Gate {
  const waiting = new Set<() => void>()
  let taken = false
  return {
    enter(patienceMs) {
      if (!taken) {
        taken = true
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const giveUp = () => {
          waiting.delete(goIn)
          resolve(false)
        }
        const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
        const goIn = () => {
          clearTimeout(timer)
          resolve(true)
        }
        waiting.add(goIn)
      })
    },
    leave() {
      const [next] = waiting
      if (next === undefined) {
        taken = false
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
