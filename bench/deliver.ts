import type { Engine } from './engine.ts'
import type { Place } from './place.ts'
import { startProgram } from './process.ts'

/** What one round of deliveries cost. */
export interface DeliveryCost {
  'messages/s': number
  'CPU µs': number
  'of it node': number
  /** Of putting the messages in, which is no part of the rest. */
  'to enqueue': number
}

/** The digits of each column. */
export const deliveryColumns = {
  'messages/s': 0,
  'CPU µs': 1,
  'of it node': 1,
  'to enqueue': 1,
} satisfies Record<keyof DeliveryCost, number>

const warmUp = 10_000

/** Delivers `messages` that wait, until none is left. */
export async function measureDelivery(
  engine: Engine,
  where: { script: string; place: Place; args?: string[] | undefined },
  messages: number,
): Promise<DeliveryCost> {
  const { script, place, args } = where
  const program = await startProgram(script, place, args)
  const cpuMicros = () => program.cpuMicros() + engine.cpuMicros()
  async function costOf(command: string): Promise<number> {
    const before = cpuMicros()
    await program.ask(`${command} ${messages}`)
    return (cpuMicros() - before) / messages
  }
  try {
    await program.ask(`enqueue ${warmUp}`)
    await engine.settle(place)
    await program.ask(`deliver ${warmUp}`)
    const enqueue = await costOf('enqueue')
    await engine.settle(place)
    const nodeBefore = program.cpuMicros()
    const started = performance.now()
    const cpu = await costOf('deliver')
    const seconds = (performance.now() - started) / 1_000
    const node = (program.cpuMicros() - nodeBefore) / messages
    const { left } = await program.ask('left')
    if (left !== 0) throw new Error(`${script} left ${left} messages`)
    return {
      'messages/s': messages / seconds,
      'CPU µs': cpu,
      'of it node': node,
      'to enqueue': enqueue,
    }
  } finally {
    await program.stop()
  }
}
