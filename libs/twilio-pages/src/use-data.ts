import { useEffect, useRef, useState } from 'preact/hooks'
import type { Api } from './api.ts'
import type { Live } from './live.ts'

/** What a part of a page shows: `loading` once, then data; an error leaves the old data in place. */
export interface Data<T> {
  value: T | undefined
  /** A sentence, while the last try has failed. */
  problem: string | undefined
  reload: () => Promise<void>
}

/** Reads a path of the API, again when it changes, and whenever `live` says so. */
export function useData<T>(api: Api, path: string, { live }: { live?: Live } = {}): Data<T> {
  const [state, setState] = useState<{ path: string; value?: T; problem?: string }>({ path })
  const asked = useRef(0)
  const shown = useRef(0)
  const read = async () => {
    const mine = ++asked.current
    const answer = await api.get<T>(path)
    // Overtaken by the answer to a later question. A later question alone is no reason to drop it:
    // where events are quicker than answers, nothing would ever be shown.
    if (mine <= shown.current) return
    shown.current = mine
    setState((old) => {
      if (answer.kind === 'ok') return { path, value: answer.value }
      const { value } = old.path === path ? old : {}
      return { path, problem: answer.message, ...(value === undefined ? {} : { value }) }
    })
  }
  useEffect(() => {
    void read()
    // While an answer is under way, however many events there are, one more question follows it.
    let isReading = false
    let isStale = false
    const onEvent = async () => {
      isStale = true
      if (isReading) return
      isReading = true
      while (isStale) {
        isStale = false
        await read()
      }
      isReading = false
    }
    const stop = live?.listen(() => void onEvent())
    return () => {
      isStale = false
      // What was asked about another path is not wanted any more.
      shown.current = asked.current
      stop?.()
    }
  }, [path, live])
  const { value, problem } = state.path === path ? state : {}
  return { value, problem, reload: read }
}
