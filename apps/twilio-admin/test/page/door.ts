import type { Role } from '../../page/wire.ts'

/** A server with accounts, reached by HTTP alone, and what its carrier does. */
export interface Desk {
  /** Where the app is mounted, without a slash at its end. */
  url: string
  names: Record<Role, string>
  password: string
  /** Of a program that may send. */
  key: string
  /** Through the API that programs use; answers the id. */
  send: (text: string, to?: string) => Promise<string>
  /** Everything that waits goes out and is delivered, or not. */
  deliver: (end?: 'delivered' | 'undelivered') => Promise<void>
  /** Somebody begins to prove a phone. */
  verify: (phone: string) => Promise<void>
  /** Somebody writes to us. */
  receive: (text: string, from?: string) => Promise<void>
}
