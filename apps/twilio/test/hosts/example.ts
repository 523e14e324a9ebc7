import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTwilioApp } from '@hsb/twilio'
import { createSimulator, type Simulator } from '@hsb/twilio-simulator'
import { childEnvironment, conditions } from '../child-environment.ts'
import { freePort } from '../free-port.ts'
import type { Example } from './hosts.ts'
import { type Answer, exchange } from './wire.ts'

// In memory where that can be: what fsync costs is no business of these cases.
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** A folder with the database that every example begins with, and the keys in it. */
export interface Seed {
  folder: string
  twilio: { accountSid: string; authToken: string }
  keys: { full: string; reader: string }
}

/** An example that runs as a process, with our app below `/sms`. */
export interface RunningExample {
  port: number
  agent: Agent
  publicUrl: string
  twilio: Simulator
  /** For the placeholders of the cases. */
  values: Record<string, string>
  /** The code that was texted to a phone. */
  codeOf(phone: string): Promise<string>
  /** Sends SIGTERM; resolves with how it ended and how long that took. */
  stop(): Promise<{ code: number | null; signal: string | null; ms: number; words: string }>
}

/** Makes the database once: starting the command line for every host takes longer than the cases. */
export async function makeSeed(): Promise<Seed> {
  const folder = await mkdtemp(join(place, 'hsb-hosts-'))
  const twilio = { accountSid: `AC${'5'.repeat(32)}`, authToken: '5'.repeat(32) }
  const sms = createTwilioApp({
    twilio: { ...twilio, defaultFrom: '+15005550006' },
    publicUrl: 'https://example.com',
    database: `file:${join(folder, 'sms.db')}`,
    worker: 'manual',
  })
  await sms.start()
  const full = await sms.apiKeys.create({ name: 'full', scopes: ['send', 'read', 'verify'] })
  const reader = await sms.apiKeys.create({ name: 'reader', scopes: ['read'] })
  await sms.stop()
  return { folder, twilio, keys: { full: full.key, reader: reader.key } }
}

/** Starts an example and has it send one message, which its callbacks report as delivered. */
export async function startExample(example: Example, seed: Seed): Promise<RunningExample> {
  const { program, env } = example
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}/sms`
  const twilio = createSimulator({ ...seed.twilio })
  const { url: twilioUrl } = await twilio.listen()
  const cwd = await mkdtemp(join(place, 'hsb-host-'))
  await cp(seed.folder, cwd, { recursive: true })
  const child = spawn(
    process.execPath,
    [...(example.conditions ?? conditions), join(root, program)],
    {
      cwd,
      env: {
        ...childEnvironment,
        PORT: String(port),
        PUBLIC_URL: publicUrl,
        TWILIO_ACCOUNT_SID: twilio.accountSid,
        TWILIO_AUTH_TOKEN: twilio.authToken,
        TWILIO_BASE_URL: twilioUrl,
        VERIFICATION_SECRET: 'a secret of a test, long enough to be one',
        TRUSTED_PROXIES: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = once(child, 'close')
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  const listens = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      words += text
      if (/^http:\/\/\S+$/m.test(words)) resolve()
    })
    child.once('close', () => reject(new Error(`it ended: ${words}`)))
  })

  const agent = new Agent({ keepAlive: true })
  const host: RunningExample = {
    port,
    agent,
    publicUrl,
    twilio,
    values: { ...seed.keys, account: twilio.accountSid },
    async codeOf(phone) {
      for (;;) {
        const code = twilio.code(phone)
        if (code !== undefined) return code
        // The worker sends it a moment later.
        await call('GET', '/sms/livez')
      }
    },
    stop: async () => {
      const begun = performance.now()
      child.kill('SIGTERM')
      const [code, signal] = (await exited) as [number | null, string | null]
      const ms = performance.now() - begun
      agent.destroy()
      await twilio.close()
      await rm(cwd, { recursive: true, force: true })
      return { code, signal, ms, words }
    },
  }
  const authorization = `Bearer ${seed.keys.full}`
  const call = (method: string, path: string, body?: string) => {
    const headers = { authorization, 'content-type': 'application/json', prefer: 'wait=20' }
    return exchange(host, { method, path, headers, body })
  }
  try {
    await listens
    await sendOne(host, call, twilio)
  } catch (error) {
    child.kill('SIGKILL')
    await host.stop()
    throw error
  }
  return host
}

type Call = (method: string, path: string, body?: string) => Promise<Answer>

async function sendOne(host: RunningExample, call: Call, twilio: Simulator): Promise<void> {
  const text = JSON.stringify({ to_phone: '+14155552671', message: 'Hello!' })
  const sent = await call('POST', '/sms/api/sms/send/', text)
  assert.equal(sent.status, 201, sent.text)
  await twilio.clock.advance(5_000)
  const { json } = await call('GET', `/sms/api/sms/${String(sent.json['id'])}/status/`)
  assert.equal(json['status'], 'DELIVERED', 'the callbacks arrive')
  host.values['message'] = String(json['id'])
  host.values['sid'] = String(json['provider_msg_id'])
}
