/** What parts of one process tell each other after a commit. Across processes the database is asked. */
export interface Signals {
  /** These messages changed. */
  changed(messageIds: Iterable<string>): void
  /** Calls `listener` at every change of anything until the returned function is called. */
  onAnyChange(listener: () => void): () => void
  /** Calls `listener` at every change of the message until the returned function is called. */
  onChanged(messageId: string, listener: () => void): () => void
  /** There is work for the worker. */
  wake(): void
  /** Calls `listener` at every wake. */
  onWake(listener: () => void): () => void
}

/** A signal box for one app. */
export function createSignals(): Signals {
  const watchers = new Map<string, Set<() => void>>()
  const wakers = new Set<() => void>()
  const followers = new Set<() => void>()
  return {
    changed(messageIds) {
      for (const follower of followers) follower()
      if (watchers.size === 0) return
      for (const id of messageIds) watchers.get(id)?.forEach((listener) => listener())
    },
    onAnyChange(listener) {
      followers.add(listener)
      return () => followers.delete(listener)
    },
    onChanged(messageId, listener) {
      const listeners = watchers.get(messageId) ?? new Set()
      watchers.set(messageId, listeners.add(listener))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) watchers.delete(messageId)
      }
    },
    wake() {
      wakers.forEach((listener) => listener())
    },
    onWake(listener) {
      wakers.add(listener)
      return () => wakers.delete(listener)
    },
  }
}
