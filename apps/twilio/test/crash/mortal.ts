import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { testProgram } from '../test-program.ts'
import type { Deed, History } from './history.ts'

/** A process of the app that can be killed and comes back in the same place. */
export interface Mortal {
  name: string
  /** Resolves while one is at work; after a kill, as soon as the next one is. */
  up(): Promise<void>
  /** Resolves when it begins a call to Twilio: one that we heard of before may be answered by now. */
  calling(): Promise<void>
  /**
   * SIGKILL, as the kernel does it when memory runs out; then the next one is started. Answers the ids
   * of the messages whose call was cut off.
   */
  kill(): Promise<Set<string>>
  /** SIGSTOP; then it can be looked at in peace. */
  hold(): Promise<Held>
  /** SIGCONT, also where it has stopped itself. */
  resume(): void
  /** Ends what is left. */
  close(): Promise<void>
}

/** One that stands still. */
export interface Held {
  /** The messages whose call it has begun and not ended; as long as it stands still, these and no others. */
  open: ReadonlySet<string>
  resume: () => void
}

// What it has said before it stopped is in the pipe: a turn of our own is enough to read that.
const readMs = 5

// Loading is most of what a short life costs. Where the whole test run keeps what is compiled, so do we;
// else it is removed by the last one that closes.
const kept = process.env['NODE_COMPILE_CACHE']
let compiled: string | undefined
let users = 0

/** What Node has compiled, kept for the processes that come after. */
export function shareCompiled(): { folder: string; release(): void } {
  if (kept !== undefined) return { folder: kept, release: () => undefined }
  users++
  const folder = (compiled ??= mkdtempSync(join(tmpdir(), 'hsb-twilio-compiled-')))
  return {
    folder,
    release() {
      if (--users > 0) return
      compiled = undefined
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Life {
  child: ChildProcess
  name: string
  open: Set<string>
  ready: Promise<void>
}

/** Starts the first one of `script`, which is handed `options` as JSON, and loads the second. */
export function startMortal(
  name: string,
  start: {
    /** Beside this file, or anywhere. */
    script: string
    options: unknown
    history: History
    env?: Record<string, string> | undefined
    /** False for somebody whom nobody kills: then no next one is loaded. Default true. */
    isMortal?: boolean | undefined
  },
): Mortal {
  const { script, options, history, env, isMortal = true } = start
  const cache = shareCompiled()
  let lives = 0
  let wake = Promise.withResolvers<void>()
  let current = begin(load())
  let next = isMortal ? load() : undefined
  let answering = current.ready

  function load(): Life {
    const program = testProgram(import.meta.dirname, script)
    const child = spawn(process.execPath, [...program, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache.folder, ...env },
    })
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
    ready.catch(() => undefined)
    const life: Life = { child, name: `${name}.${++lives}`, open: new Set(), ready }
    child.once('exit', (code) => reject(new Error(`${life.name} ended too early (${code})`)))
    if (!child.stdout) throw new Error('a process without pipes')
    createInterface({ input: child.stdout }).on('line', (line) => {
      const deed = JSON.parse(line) as Deed & { at: number }
      history.add({ ...deed, actor: life.name })
      if (deed.kind === 'life') resolve()
      if (deed.kind !== 'call') return
      if (deed.event !== 'invoke') return void life.open.delete(deed.id)
      life.open.add(deed.id)
      if (life === current) wake.resolve()
    })
    return life
  }

  function begin(life: Life): Life {
    life.child.stdin?.write('go\n')
    return life
  }

  return {
    name,
    up: () => answering,
    async calling() {
      wake = Promise.withResolvers()
      await wake.promise
    },
    async kill() {
      const dying = current
      const death = end(dying.child)
      current = next ?? load()
      // Before anything is awaited: nobody may take the dead one for answering.
      answering = death.then(() => begin(current).ready)
      next = load()
      await answering
      return dying.open
    },
    async hold() {
      const { child, open } = current
      child.kill('SIGSTOP')
      await delay(readMs)
      return { open, resume: () => void child.kill('SIGCONT') }
    },
    resume: () => void current.child.kill('SIGCONT'),
    async close() {
      await answering.catch(() => undefined)
      await Promise.all([end(current.child), next && end(next.child)])
      cache.release()
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'close')
  child.kill('SIGKILL')
  await exit
}
