import type { Reply } from './reply.ts'

// A burst of changes is one event more, not hundreds.
const gatherMs = 100

/** Server-sent events: `changed` at the beginning and whenever something is different. */
export function streamChanges(listen: (listener: () => void) => () => void): Reply {
  return {
    kind: 'stream',
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    open(write) {
      let resting: NodeJS.Timeout | undefined
      let isDirty = false
      const tell = () => {
        isDirty = resting !== undefined
        if (isDirty) return
        write('event: changed\ndata: {}\n\n')
        resting = setTimeout(() => {
          resting = undefined
          if (isDirty) tell()
        }, gatherMs)
      }
      tell()
      const stop = listen(tell)
      return () => {
        stop()
        clearTimeout(resting)
      }
    },
  }
}
