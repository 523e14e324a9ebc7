import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'

// A burst of events makes two reloads, not hundreds.
const gatherMs = 200

/** Says when to read again. Connected only while somebody listens and the page can be seen. */
export interface Live {
  /** The answer ends it. */
  listen(onChange: () => void): () => void
  /** Set it to hold still; whatever happened meanwhile is read when it is unset. */
  readonly paused: Signal<boolean>
}

/** Server-sent events: any event of these names is a reason to read again. */
export function liveEvents(path: string, names: readonly string[] = ['changed']): Live {
  return createLive((tell) => {
    let again: ReturnType<typeof setTimeout> | undefined
    let source: EventSource
    // The browser makes a new connection by itself, but not after an answer that was an error, such
    // as that of a proxy whose server is starting.
    const connect = () => {
      source = new EventSource(new URL(path, document.baseURI))
      for (const name of names) source.addEventListener(name, tell)
      // Whatever happened while there was no connection.
      source.addEventListener('open', tell)
      source.addEventListener('error', () => {
        // Reading again is what finds out, and says, that the server has gone.
        tell()
        if (source.readyState === EventSource.CLOSED) again = setTimeout(connect, 3000)
      })
    }
    connect()
    return () => {
      clearTimeout(again)
      source.close()
    }
  })
}

/** For servers without events: reads again every so many milliseconds. */
export function livePoll(everyMs: number): Live {
  return createLive((tell) => {
    const timer = setInterval(tell, everyMs)
    tell()
    return () => clearInterval(timer)
  })
}

function createLive(connect: (tell: () => void) => () => void): Live {
  const listeners = new Set<() => void>()
  const paused = signal(false)
  let disconnect: (() => void) | undefined
  let gathering: ReturnType<typeof setTimeout> | undefined
  let isDirty = false

  // The first event counts at once; those close behind it count together.
  const tell = () => {
    // What comes late, too: the page holds still.
    if (paused.value) return
    isDirty = gathering !== undefined
    if (isDirty) return
    for (const listener of listeners) listener()
    gathering = setTimeout(() => {
      gathering = undefined
      if (isDirty) tell()
    }, gatherMs)
  }
  // Hidden tabs hold no connection: a browser allows six a host, and the seventh tab would hang.
  const adjust = () => {
    const wanted = listeners.size > 0 && document.visibilityState === 'visible' && !paused.value
    if (wanted && !disconnect) {
      disconnect = connect(tell)
    } else if (!wanted && disconnect) {
      disconnect()
      disconnect = undefined
    }
  }
  document.addEventListener('visibilitychange', adjust)
  paused.subscribe(adjust)

  return {
    paused,
    listen(onChange) {
      listeners.add(onChange)
      adjust()
      return () => {
        listeners.delete(onChange)
        adjust()
      }
    },
  }
}
