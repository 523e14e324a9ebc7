import { connect, type Socket } from 'node:net'

/** What one round of load saw. */
export interface LoadResult {
  seconds: number
  /** Latency of every request, in milliseconds, unsorted. */
  latencies: Float64Array
  /** Answers by status code. */
  statuses: Map<number, number>
}

/**
 * Closed loop over keep-alive connections: each sends its next request when the answer to the last
 * one is in. Raw sockets and ready-made bytes, so that the load costs little beside the server.
 */
export async function runLoad(target: {
  port: number
  connections: number
  requests: number
  requestOf: (index: number) => Buffer
  /** Called with the text of each answer. */
  onAnswer?: ((text: string) => void) | undefined
}): Promise<LoadResult> {
  const { port, connections, requests, requestOf, onAnswer } = target
  const latencies = new Float64Array(requests)
  const statuses = new Map<number, number>()
  let next = 0
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, () => drive()))
  return { seconds: (performance.now() - started) / 1_000, latencies, statuses }

  function drive(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
      let index = 0
      let sentAt = 0
      let pending = ''
      const send = () => {
        if (next >= requests) {
          socket.end()
          resolve()
          return
        }
        index = next++
        sentAt = performance.now()
        socket.write(requestOf(index))
      }
      socket.on('connect', send)
      socket.on('error', reject)
      // Of no effect when everything was answered.
      socket.on('close', () => reject(new Error('the server hung up')))
      socket.on('data', (chunk: Buffer) => {
        pending += chunk.toString('latin1')
        const end = pending.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = /\r\ncontent-length: (\d+)/i.exec(pending.slice(0, end + 2))?.[1] ?? '0'
        if (pending.length < end + 4 + Number(length)) return
        const status = Number(pending.slice(9, 12))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        latencies[index] = performance.now() - sentAt
        onAnswer?.(pending)
        pending = ''
        send()
      })
    })
  }
}

/** Bytes of one HTTP/1.1 POST. */
export function postBytes(path: string, headers: Record<string, string>, body: string): Buffer {
  const lines = Object.entries({
    host: '127.0.0.1',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  })
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n${body}`,
  )
}
