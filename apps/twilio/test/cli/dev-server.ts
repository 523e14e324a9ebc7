import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type Program, startProgram } from './program.ts'

/** The line of `dev --json`. */
export interface Addresses {
  url: string
  simulator_url: string
  api_key: string
  account_sid: string
  auth_token: string
  verify_service_sid: string
}

/** An answer with its body read. */
export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** A development server in a process of its own, and who talks to it. */
export interface Dev {
  program: Program
  addresses: Addresses
  /** Calls the API with the key, unless `headers` says otherwise. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Calls the simulator's own API. */
  simulator(method: string, path: string, body?: unknown): Promise<Answer>
  /** Sends SIGTERM and expects a good end. */
  stop(): Promise<void>
}

/** Starts `dev --json` and waits until it is ready. */
export async function startDev(t: TestContext, ...args: string[]): Promise<Dev> {
  const program = startProgram(t, ['dev', '--port', '0', '--json', ...args])
  const addresses = JSON.parse(await program.line(/^\{"url"/)) as Addresses
  return {
    program,
    addresses,
    api: (method, path, body, headers) =>
      call(method, `${addresses.url}${path}`, body, {
        authorization: `Bearer ${addresses.api_key}`,
        ...headers,
      }),
    simulator: (method, path, body) =>
      call(method, `${addresses.simulator_url}/_simulator/${path}`, body),
    async stop() {
      program.kill('SIGTERM')
      assert.deepEqual(await program.exited, { code: 0, signal: null })
    },
  }
}

async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const content = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: content }),
  })
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? parse(text) : {} }
}

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
