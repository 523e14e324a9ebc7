import type { Changes } from './changes.ts'

/** A call of Twilio's API as it came in. */
export interface ApiCallEntry {
  /** Counts up, through resets too. */
  id: number
  kind: 'api'
  time: Date
  method: string
  /** With its query. */
  path: string
  /** The form that came with it. */
  form: URLSearchParams
  /** Undefined while it is not answered yet, and for ever after a hang-up. */
  status: number | undefined
  /** The first 1,000 characters of the answer. */
  answer: string | undefined
  /** From the first byte to the last, or to the hang-up; undefined until then. */
  durationMs: number | undefined
}

/** One try to hand over a status callback or a reply. */
export interface CallbackEntry {
  id: number
  kind: 'callback'
  time: Date
  method: string
  /** The address as it was called, without fragment and userinfo. */
  url: string
  path: string
  form: URLSearchParams
  signature: string
  messageSid: string
  messageStatus: string
  /** 1 for the first try. */
  attempt: number
  /** Undefined when nobody answered; `error` says why. */
  status: number | undefined
  /** The first 1,000 characters of the answer. */
  answer: string | undefined
  error: string | undefined
  durationMs: number | undefined
}

/** What `requests()` lists, in the order it began. */
export type RequestEntry = ApiCallEntry | CallbackEntry

export interface RequestLog {
  nextId(): number
  add(entry: RequestEntry): void
  /** To be called when an entry was filled in. */
  changed(): void
  list(): RequestEntry[]
  waitFor(matches: (entry: RequestEntry) => boolean): Promise<RequestEntry>
  clear(): void
}

export function createRequestLog(size: number, changes: Changes): RequestLog {
  let entries: RequestEntry[] = []
  let lastId = 0
  let watchers: ((entry: RequestEntry) => boolean)[] = []
  return {
    nextId: () => ++lastId,
    changed: () => changes.tell(),
    add(entry) {
      entries.push(entry)
      changes.tell()
      watchers = watchers.filter((watch) => !watch(entry))
      // Cut in blocks: shifting one by one would make every call pay for the whole list.
      if (entries.length > size + 1000) entries = entries.slice(-size)
    },
    list: () => entries.slice(-size),
    async waitFor(matches) {
      const known = entries.find(matches)
      if (known) return known
      return new Promise((resolve) => {
        watchers.push((entry) => {
          const fits = matches(entry)
          if (fits) resolve(entry)
          return fits
        })
      })
    },
    clear() {
      entries = []
    },
  }
}
