import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'

// A burst of events makes one reload.
const gatherMs = 200

/** Says when to read again. Connected only while somebody listens and the page can be seen. */
export interface Live {
  /** The answer ends it. */
  listen(onChange: () => void): () => void
  /** Set it to hold still; whatever happened meanwhile is read when it is unset. */
  readonly paused: Signal<boolean>
}

/** Server-sent events: any `changed` event is a reason to read again. */
export function liveEvents(path: string): Live {
  return createLive((tell) => {
    // The browser connects again by itself, and a new connection begins with an event.
    const source = new EventSource(new URL(path, document.baseURI))
    source.addEventListener('changed', tell)
    // Reading again is what finds out, and says, that the server has gone.
    source.addEventListener('error', tell)
    return () => source.close()
  })
}

/** For servers without events: reads again every so many milliseconds. */
export function livePoll(everyMs: number): Live {
  return createLive((tell) => {
    const timer = setInterval(tell, everyMs)
    return () => clearInterval(timer)
  })
}

function createLive(connect: (tell: () => void) => () => void): Live {
  const listeners = new Set<() => void>()
  const paused = signal(false)
  let disconnect: (() => void) | undefined
  let gathering: ReturnType<typeof setTimeout> | undefined

  const tell = () => {
    gathering ??= setTimeout(() => {
      gathering = undefined
      for (const listener of listeners) listener()
    }, gatherMs)
  }
  // Hidden tabs hold no connection: a browser allows six a host, and the seventh tab would hang.
  const adjust = () => {
    const wanted = listeners.size > 0 && document.visibilityState === 'visible' && !paused.value
    if (wanted && !disconnect) {
      disconnect = connect(tell)
      tell()
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
