import { subscribe } from 'node:diagnostics_channel'
import type { NewEvent } from '../../src/domain/event.ts'
import type { Provider } from '../../src/provider/provider.ts'
import type { Store } from '../../src/storage/store.ts'

/** What a run of one step begins with. */
export type Scene =
  /** Messages that wait to be sent. */
  | 'queue'
  /** Messages whose worker has died, half of them after Twilio had taken them. */
  | 'orphans'
  /** Messages that have waited too long. */
  | 'stale'

/** The numbered steps of a message's way, and the scene in which a worker comes by. */
export const steps = {
  'claim before commit': 'queue',
  'claim after commit': 'queue',
  'call before': 'queue',
  'request before its first byte': 'queue',
  'request after its head': 'queue',
  'request after its last byte': 'queue',
  'answer at its head': 'queue',
  'call after': 'queue',
  'result before commit': 'queue',
  'result after commit': 'queue',
  'doubt before commit': 'orphans',
  'doubt after commit': 'orphans',
  'look-up before': 'orphans',
  'look-up at its answer': 'orphans',
  'look-up after': 'orphans',
  'adoption before commit': 'orphans',
  'adoption after commit': 'orphans',
  'requeue before commit': 'orphans',
  'requeue after commit': 'orphans',
  'expiry before commit': 'stale',
  'expiry after commit': 'stale',
} as const satisfies Record<string, Scene>

/** A place to die. */
export type Step = keyof typeof steps

/** Every step, by its number. */
export const allSteps = Object.keys(steps) as Step[]

type Reached = (step: Step) => void

/** What a transaction is for shows in the events that it writes: no name of ours for a statement is needed. */
function deedOf({ status, source }: NewEvent): string | undefined {
  if (source === 'poll') return 'adoption'
  if (source !== 'worker') return undefined
  const deeds: Partial<Record<NewEvent['status'], string>> = {
    SENDING: 'claim',
    ACCEPTED: 'result',
    IN_DOUBT: 'doubt',
    QUEUED: 'requeue',
    EXPIRED: 'expiry',
  }
  return deeds[status]
}

/** The store, telling when its transactions come to their ends. */
export function watchedStore(store: Store, reached: Reached): Store {
  return {
    ...store,
    async transaction(work) {
      let deed: string | undefined
      const result = await store.transaction(async (tables) => {
        const events = {
          ...tables.events,
          append(appended: NewEvent[]) {
            deed = appended.map(deedOf).find((one) => one !== undefined) ?? deed
            return tables.events.append(appended)
          },
        }
        const done = await work({ ...tables, events })
        if (deed !== undefined) reached(`${deed} before commit` as Step)
        return done
      })
      if (deed !== undefined) reached(`${deed} after commit` as Step)
      return result
    },
  }
}

/** The provider, telling when its calls begin and end. */
export function watchedProvider(provider: Provider, reached: Reached): Provider {
  return {
    ...provider,
    async send(request) {
      reached('call before')
      const outcome = await provider.send(request)
      reached('call after')
      return outcome
    },
    async find(query) {
      reached('look-up before')
      const found = await provider.find(query)
      reached('look-up after')
      return found
    },
  }
}

interface HttpMessage {
  request: { method: string }
  socket: { write: (chunk: string, ...rest: unknown[]) => boolean; cork: () => void }
}

/** Tells how far a request has got on the wire, in the words of undici's diagnostics channels. */
export function watchWire(reached: Reached): void {
  const isPost = (message: unknown) => (message as HttpMessage).request.method === 'POST'
  // Published just before the head is written, and then the body with a second call.
  subscribe('undici:client:sendHeaders', (message) => {
    if (!isPost(message)) return
    reached('request before its first byte')
    const { socket } = message as HttpMessage
    const { write } = socket
    // Held back until the body is there, the head would never be alone on the wire.
    socket.cork = () => undefined
    socket.write = (...args) => {
      socket.write = write
      const written = write.apply(socket, args)
      reached('request after its head')
      return written
    }
  })
  subscribe('undici:request:bodySent', (message) => {
    if (isPost(message)) reached('request after its last byte')
  })
  subscribe('undici:request:headers', (message) => {
    reached(isPost(message) ? 'answer at its head' : 'look-up at its answer')
  })
}
