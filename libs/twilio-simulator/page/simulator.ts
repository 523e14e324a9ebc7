import { createApi, liveEvents, toast, useData } from '@hsb/twilio-pages'
import type { Data } from '@hsb/twilio-pages'

/** The control API, counted from the page: it may be mounted anywhere. */
export const api = createApi('../_simulator/')
const live = liveEvents('../_simulator/events')

/** Reads a path now, and again whenever something happens in the simulator. */
export function useLive<T>(path: string): Data<T> {
  return useData<T>(api, path, { live })
}

/** Makes calls one after the other; the first that fails is shown and ends it. */
export async function perform(...calls: Parameters<typeof api.send>[]): Promise<boolean> {
  for (const call of calls) {
    const answer = await api.send(...call)
    if (answer.kind === 'ok') continue
    toast(answer.message, 'bad')
    return false
  }
  return true
}
