import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { ApiOptions } from './api-process.ts'

/** An API of its own process that can be killed and comes back on the same port. */
export interface MortalApi {
  port: number
  /** Resolves while one answers; after a kill, as soon as the next one does. */
  up(): Promise<void>
  /** SIGKILL, as the kernel does it when memory runs out; then the next one is started. */
  kill(): Promise<void>
  /** Ends what is left. */
  close(): Promise<void>
}

const nodeArgs = ['--conditions=source', '--disable-warning=ExperimentalWarning']
const script = join(import.meta.dirname, 'api-process.ts')
// Loading is most of what a short life costs.
const compiled = mkdtempSync(join(tmpdir(), 'hsb-twilio-compiled-'))
after(() => rmSync(compiled, { recursive: true }))

/** Starts the first one and loads the second. */
export async function startMortalApi(options: Omit<ApiOptions, 'port'>): Promise<MortalApi> {
  const port = await freePort()
  const load = () => {
    return spawn(process.execPath, [...nodeArgs, script, JSON.stringify({ ...options, port })], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    })
  }
  let current = load()
  let next = load()
  let answering = begin(current)

  return {
    port,
    up: () => answering,
    async kill() {
      const dying = end(current)
      current = next
      // Before anything is awaited: nobody may take the dead one for answering.
      answering = dying.then(() => begin(current))
      next = load()
      await answering
    },
    async close() {
      await answering.catch(() => undefined)
      await Promise.all([end(current), end(next)])
    },
  }
}

async function begin(child: ChildProcess): Promise<void> {
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('a process without pipes')
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the API ended by itself (${code}) before it listened`)
  })
  died.catch(() => undefined)
  stdin.write('go\n')
  await Promise.race([once(stdout, 'data'), died])
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'close')
  child.kill('SIGKILL')
  await exit
}

/** Callbacks need an address before anybody listens there. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('not a port')
  return address.port
}
