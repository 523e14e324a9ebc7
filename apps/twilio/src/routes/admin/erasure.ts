import { z } from 'zod'
import { hasPhoneShape } from '../../domain/phone.ts'
import { invalidPhone } from '../messages.ts'
import { problem } from '../problems.ts'
import { actorOf, defineAdmin } from './tools.ts'

const count = z.number().int()

/** Forgets a phone. */
export const erasePhone = defineAdmin({
  method: 'POST',
  path: '/admin/api/erase/',
  summary: 'Forget a phone',
  docs: {
    tag: 'System',
    description:
      'Takes back what waits for it, empties and masks its messages, deletes its verifications. Its opt-outs stay. Messages that are still on their way are `left`: ask again when they are over.',
    requests: { one: { summary: 'A phone', value: { phone: '+14155552671' } } },
    answers: {
      200: {
        description: 'It is forgotten.',
        examples: {
          all: { summary: 'All of it', value: { messages: 12, canceled: 1, left: 0 } },
        },
      },
    },
  },
  scope: 'manage',
  request: {
    body: z.strictObject({ phone: z.string().min(1).max(64) }).meta({ id: 'ErasePhone' }),
  },
  answers: {
    200: z
      .strictObject({ messages: count, canceled: count, left: count })
      .meta({ id: 'ErasedPhone' }),
  },
  problems: ['invalid-phone', 'unavailable'],
  async handle(call, { messages }) {
    const { phone } = call.body
    if (!hasPhoneShape(phone)) return invalidPhone('phone')
    const result = await messages.erase(phone, { actor: actorOf(call) })
    if (result.kind !== 'erased') return problem(result.kind)
    const { kind: _, ...counts } = result
    return { status: 200, body: counts }
  },
})
