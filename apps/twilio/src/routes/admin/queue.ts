import { z } from 'zod'
import { problemCodes } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { exampleRow } from './messages-docs.ts'
import { resendProblem } from './message-actions.ts'
import { messageRow, time, toRow } from './shapes.ts'
import { actorOf, defineAdmin } from './tools.ts'

const count = z.number().int()
const queueShape = z
  .strictObject({
    waiting: count,
    scheduled: count,
    sending: count,
    retrying: count,
    in_doubt: count,
    dead_24h: count,
    oldest_seconds: count,
    is_capped: z.boolean().meta({ description: 'There is more than was counted.' }),
    breaker: z.strictObject({ state: z.enum(['closed', 'open']) }),
    paces: z.array(z.strictObject({ sender: z.string(), per_second: count })),
    rate_per_second: z
      .number()
      .meta({ description: 'Messages taken by Twilio, of the last hour.' }),
    workers: z.array(
      z.strictObject({
        id: z.string(),
        host: z.string(),
        pid: count,
        in_flight: count,
        started_at: time,
        beat_at: time,
        state: z.enum(['alive', 'silent']),
      }),
    ),
    dead: z.array(messageRow).meta({ description: 'The newest fifty that did not arrive.' }),
  })
  .meta({ id: 'Queue' })

const mostDead = 50

/** What waits, who works on it, and what has failed. */
export const getQueue = defineAdmin({
  method: 'GET',
  path: '/admin/api/queue/',
  summary: 'What waits, and who works on it',
  docs: {
    tag: 'Queue',
    description: 'Counting ends at 10,000; then `is_capped` is true.',
    answers: {
      200: {
        description: 'The queue.',
        examples: {
          queue: {
            summary: 'A quiet one',
            value: {
              waiting: 3,
              scheduled: 1,
              sending: 1,
              retrying: 2,
              in_doubt: 0,
              dead_24h: 4,
              oldest_seconds: 0,
              is_capped: false,
              breaker: { state: 'closed' },
              paces: [{ sender: '+15005550006', per_second: 10 }],
              rate_per_second: 9.4,
              workers: [
                {
                  id: '01a203fc-91fb-7000-8635-3007e328d8ec',
                  host: 'api-1',
                  pid: 4711,
                  in_flight: 1,
                  started_at: '2026-11-22T09:00:00.000Z',
                  beat_at: '2026-11-22T16:00:11.000Z',
                  state: 'alive',
                },
              ],
              dead: [exampleRow],
            },
          },
        },
      },
    },
  },
  scope: 'look',
  request: {},
  answers: { 200: queueShape },
  problems: ['unavailable'],
  async handle(_, { queue, workers, overview }) {
    const facts = await queue.facts()
    const dead = await queue.deadLetters({ limit: mostDead })
    return {
      status: 200,
      body: {
        waiting: facts.waiting,
        scheduled: facts.scheduled,
        sending: facts.sending,
        retrying: facts.retrying,
        in_doubt: facts.inDoubt,
        dead_24h: facts.failed,
        oldest_seconds: facts.oldestSeconds,
        is_capped: facts.isCapped,
        breaker: { state: facts.breaker.kind },
        paces: facts.pace.senders.map(({ sender, limit }) => ({ sender, per_second: limit })),
        rate_per_second: await overview.ratePerSecond(),
        workers: (await workers.list()).map((worker) => ({
          id: worker.id,
          host: worker.host,
          pid: worker.pid,
          in_flight: worker.inFlight,
          started_at: toTime(worker.startedAt),
          beat_at: toTime(worker.beatAt),
          state: worker.state,
        })),
        dead: dead.map(toRow),
      },
    }
  },
})

/** Sends messages that did not arrive again. */
export const retryMessages = defineAdmin({
  method: 'POST',
  path: '/admin/api/queue/retry/',
  summary: 'Send several messages again',
  docs: {
    tag: 'Queue',
    description: 'Each as by its `resend/`; one that is refused keeps none of the others.',
    requests: { two: { summary: 'One message', value: { ids: [exampleRow.id] } } },
    answers: {
      200: {
        description: 'What became of each.',
        examples: {
          both: {
            summary: 'One of two is still on its way',
            value: {
              resent: [{ id: exampleRow.id, new_id: '01a203fc-91fb-7000-8635-3007e328d8ed' }],
              refused: [{ id: '01a203fc-91fb-7000-8635-3007e328d8ee', problem: 'not-over' }],
            },
          },
        },
      },
    },
  },
  scope: 'operate',
  request: {
    body: z
      .strictObject({ ids: z.array(z.uuid().toLowerCase()).min(1).max(100) })
      .meta({ id: 'RetryMessages' }),
  },
  answers: {
    200: z
      .strictObject({
        resent: z.array(z.strictObject({ id: z.uuid(), new_id: z.uuid() })),
        refused: z.array(z.strictObject({ id: z.uuid(), problem: z.enum(problemCodes) })),
      })
      .meta({ id: 'RetriedMessages' }),
  },
  problems: ['unavailable'],
  async handle(call, { messages }) {
    const resent: { id: string; new_id: string }[] = []
    const refused: { id: string; problem: ReturnType<typeof resendProblem>['problem'] }[] = []
    for (const id of new Set(call.body.ids)) {
      const result = await messages.resend(id, { actor: actorOf(call) })
      if (result.kind === 'accepted') resent.push({ id, new_id: result.message.id })
      else refused.push({ id, problem: resendProblem(result).problem })
    }
    return { status: 200, body: { resent, refused } }
  },
})
