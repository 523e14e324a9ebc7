import { createApi, liveEvents, toast, useData } from '@hsb/twilio-pages'
import type { Data } from '@hsb/twilio-pages'

/** The control API, counted from the page: it may be mounted anywhere. */
const api = createApi('../_simulator/')
const live = liveEvents('../_simulator/events')

/** Reads a path now, and again whenever something happens in the simulator. */
export function useLive<T>(path: string): Data<T> {
  return useData<T>(api, path, { live })
}

/** Makes a call, and shows why it failed where it did; answers whether it went well. */
export async function perform(...call: Parameters<typeof api.send>): Promise<boolean> {
  const answer = await api.send(...call)
  if (answer.kind === 'problem') toast(answer.message, 'bad')
  return answer.kind === 'ok'
}
