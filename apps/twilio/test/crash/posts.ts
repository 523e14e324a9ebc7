import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import type { Cast, Stage } from './cast.ts'
import { createClient } from './client.ts'
import type { History } from './history.ts'

/** How a run's messages are posted. */
export interface Posting {
  messages: number
  dice: Dice
  history: History
  onAccepted: () => Promise<void>
  /** Asked when all are posted: until it says so, more of them come. Default at once. */
  isEnough?: (() => boolean) | undefined
}

const clients = 8
/** So many messages go to one phone, and one more is refused. */
export const messagesPerPhone = 4
/** Phones that get that one more. */
const surplus = 20
/** More than the planned messages for as long as a strike waits for something to strike at. */
const mostMore = 2_000

/**
 * Posts every message until it is accepted, and more of them where that is not enough yet; one in ten
 * once more; and reads some of them.
 */
export async function postAll(
  stage: Stage,
  { api, port }: Pick<Cast, 'api' | 'port'>,
  { messages, dice, history, onAccepted, isEnough = () => true }: Posting,
): Promise<void> {
  const phones = Math.ceil(messages / messagesPerPhone)
  const phoneOf = (n: number) =>
    n < messages + surplus
      ? `+1415555${2_000 + (n % phones)}`
      : `+1415666${2_000 + Math.floor(n / messagesPerPhone)}`
  const ids: string[] = []
  let next = 0

  async function work(name: string): Promise<void> {
    const client = createClient(name, port, history)
    stage.after(() => client.close())
    async function post(n: number): Promise<void> {
      for (;;) {
        await api.up()
        const body = { to_phone: phoneOf(n), message: `message ${n}` }
        const answer = await client.post(`key-${n}`, body)
        if (answer !== 'unknown' && answer.kind === 'ok') return void ids.push(answer.id)
        if (answer === 'unknown') continue
        if (answer.httpStatus < 500) throw new Error(`refused: ${answer.httpStatus}`)
        // The database is away: it has answered, so nothing else would slow this down.
        await delay(20)
      }
    }
    for (let n = next++; n < messages || (n < messages + mostMore && !isEnough()); n = next++) {
      // Those between are the surplus, which is refused.
      const number = n < messages ? n : n + surplus
      await post(number)
      await onAccepted()
      if (dice() < 0.1) await post(number)
      const id = ids[Math.floor(dice() * ids.length)]
      if (id !== undefined && dice() < 0.2) await client.read(id)
    }
  }

  const names = Array.from({ length: clients }, (_, i) => `client-${i + 1}`)
  await Promise.all(names.map(work))
  const last = createClient('client-surplus', port, history)
  stage.after(() => last.close())
  for (let n = messages; n < messages + Math.min(surplus, phones); n++) {
    await api.up()
    await last.post(`key-${n}`, { to_phone: phoneOf(n), message: `message ${n}` })
  }
}
