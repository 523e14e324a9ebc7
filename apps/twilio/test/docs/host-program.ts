import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { createSimulator, type Simulator } from '@hsb/twilio-simulator'
import { childEnvironment, commandLine, conditions } from '../child-environment.ts'
import { createFolder } from '../cli/program.ts'

/** An app of somebody's with ours mounted below `/sms`, as a program of its own. */
export interface Host {
  /** Where it listens. */
  url: string
  /** What it talks to instead of Twilio. */
  twilio: Simulator
  /** Calls it; `path` starts with a slash. A body that is no text goes out as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>
  /** As `call`, with an API key made by the command line. */
  api(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>
  /** Sends SIGTERM and expects a good end. */
  stop(): Promise<void>
}

/** An answer with its body read. */
export interface Answer {
  status: number
  text: string
  /** Empty where the body is no JSON object. */
  body: Record<string, unknown>
}

type Headers = Readonly<Record<string, string>>

/** Starts a server file that reads its settings from the environment, as ours do in examples and README. */
export async function startHost(
  t: TestContext,
  files: { server: string; config: string; port: number },
): Promise<Host> {
  const { server, config, port } = files
  const url = `http://127.0.0.1:${port}`
  // Characters that are written differently by who writes a form anew, and one that nobody knows.
  const twilio = createSimulator({ callbackExtras: { Odd: "a b+c'é~*(%41)&=", Empty: '' } })
  t.after(() => twilio.close())
  const { url: twilioUrl } = await twilio.listen()
  const cwd = await createFolder(t)
  const env = {
    ...childEnvironment,
    PORT: String(port),
    PUBLIC_URL: `${url}/sms`,
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_BASE_URL: twilioUrl,
    VERIFICATION_SECRET: 'a secret of a test, long enough to be one',
  }
  const keys = ['keys', 'create', '--config', config, '--name', 'test', '--scopes']
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...commandLine, ...keys, 'send,read,verify'],
    { cwd, env },
  )
  const key = stdout.trim()

  const child = spawn(process.execPath, [...conditions, server], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await exited
  })
  await firstLine(child)

  const call: Host['call'] = async (method, path, body, headers) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined || typeof body === 'string'
          ? {}
          : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isObject = text.startsWith('{')
    return {
      status: response.status,
      text,
      body: isObject ? (JSON.parse(text) as Record<string, unknown>) : {},
    }
  }
  return {
    url,
    twilio,
    call,
    api: (method, path, body, headers) =>
      call(method, path, body, { authorization: `Bearer ${key}`, ...headers }),
    async stop() {
      child.kill('SIGTERM')
      assert.deepEqual(await exited, [0, null])
    },
  }
}

/** Resolves once the program says where it listens; rejects with its last words if it ends before. */
async function firstLine({ stdout, stderr }: ChildProcess): Promise<void> {
  assert.ok(stdout && stderr)
  let words = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  const ended = once(stdout, 'end').then(() => assert.fail(`it ended: ${words}`))
  await Promise.race([once(stdout, 'data'), ended])
}
