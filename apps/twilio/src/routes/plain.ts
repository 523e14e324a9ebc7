/** What a body turned out to be when it was read. `unreadable`: it broke off. `taken`: the host read it before us. */
export type PlainBody = Uint8Array | 'too-large' | 'unreadable' | 'taken'

/** A request as any host can hand it over, without classes of any framework. */
export interface PlainRequest {
  method: string
  /** As received: not decoded, without the query. */
  path: string
  /** As received, without `?`. */
  rawQuery: string
  /**
   * Names in lower case. Values of a header that came twice are joined by `, `, so that a doubled
   * signature or key can never equal a single one.
   */
  headers: Readonly<Record<string, string | undefined>>
  /** Reads at most `maxBodyBytes`; called once at most, and not at all when the answer is known before. */
  readBody(): Promise<PlainBody>
  /** False when the host parsed the body first and `readBody` can only write it anew. */
  originalBytes: boolean
  /** What to change in this host where the body was taken, or is not what was sent: a sentence or two. */
  remedy?: string | undefined
  /** The other end of the connection, where the host knows it. */
  remoteAddress: string | undefined
}

/** An answer as any host can send it. Header names are lower case. */
export interface PlainResponse {
  status: number
  headers: Record<string, string>
  /** A stream is read until it ends, and canceled when the client goes away. */
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined
}

/** Answers a request; `undefined` when the path is none of ours, and then nothing has been read of it. */
export type Handle = (request: PlainRequest) => Promise<PlainResponse | undefined>

/** Longest body of a request. */
export const maxBodyBytes = 65_536
