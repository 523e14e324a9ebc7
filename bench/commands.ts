import type { AddressInfo, Server } from 'node:net'
import { createInterface } from 'node:readline'
import type { Facts } from './process.ts'

/** What a program can be asked to do, by name; most take a number. */
export type Commands = Record<string, (count: number) => Promise<Facts | void>>

/** Says that the program is ready, does what it is asked line by line, and ends when nobody can ask any more. */
export async function answerCommands(facts: Facts, commands: Commands): Promise<never> {
  const say = (line: Facts) => process.stdout.write(`${JSON.stringify(line)}\n`)
  say(facts)
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', count = '0'] = line.split(' ')
    say((await commands[name]?.(Number(count))) ?? {})
  }
  process.exit(0)
}

/** Listens on a free port of this machine and answers it. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve(port)
    })
  })
}
