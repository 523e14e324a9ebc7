/** How a call can end. `problem` is a sentence for a person; `status` 0 means that nobody answered. */
export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'problem'; message: string; status: number }

/** Calls to one server, below one address. */
export interface Api {
  /** Reads JSON. What comes back is taken at its word: page and server are shipped together. */
  get<T>(path: string, signal?: AbortSignal): Promise<Answer<T>>
  send<T = void>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    json?: unknown,
  ): Promise<Answer<T>>
}

/**
 * `base` may be relative: it counts from the page, wherever that is mounted. `headers` go with every
 * call that changes something.
 */
export function createApi(base: string, headers: () => Record<string, string> = () => ({})): Api {
  const root = new URL(base, document.baseURI)
  const call = async <T>(path: string, init: RequestInit): Promise<Answer<T>> => {
    try {
      const response = await fetch(new URL(path, root), init)
      const text = await response.text()
      const value: unknown = text === '' ? undefined : JSON.parse(text)
      if (!response.ok)
        return { kind: 'problem', message: sentenceOf(value, response), status: response.status }
      // eslint-disable-next-line typescript/no-unsafe-type-assertion -- page and server are one package
      return { kind: 'ok', value: value as T }
    } catch (error) {
      const aborted = error instanceof Error && error.name === 'AbortError'
      return { kind: 'problem', message: aborted ? '' : 'The server cannot be reached.', status: 0 }
    }
  }
  return {
    get: async (path, signal) => call(path, signal ? { signal } : {}),
    send: async (method, path, json) =>
      call(path, {
        method,
        ...(json === undefined
          ? { headers: headers() }
          : {
              headers: { 'content-type': 'application/json', ...headers() },
              body: JSON.stringify(json),
            }),
      }),
  }
}

/** The most telling words of a problem document, or of the simulator's own errors. */
function sentenceOf(value: unknown, response: Response): string {
  const outer = fieldsOf(value)
  const inner = fieldsOf(outer['error'])
  const fields: unknown[] = Array.isArray(inner['fields']) ? inner['fields'] : []
  const { field, message } = fieldsOf(fields[0])
  if (typeof field === 'string' && typeof message === 'string') return `${field} ${message}.`
  const words = [outer['detail'], outer['title'], inner['message']]
  return (
    words.find((word): word is string => typeof word === 'string') ??
    `The server answered ${response.status}.`
  )
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
