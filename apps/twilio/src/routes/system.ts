import { z } from 'zod'
import { defineEndpoint } from './contract.ts'

/** Says that the process runs; asks nothing else. */
export const livez = defineEndpoint({
  method: 'GET',
  path: '/livez',
  summary: 'Whether the process runs',
  docs: {
    tag: 'System',
    description: 'Asks nothing else: a database that is away does not make it fail.',
    answers: {
      200: {
        description: 'It runs.',
        examples: { ok: { summary: 'It runs', value: { status: 'ok' } } },
      },
    },
  },
  scope: 'public',
  request: {},
  answers: { 200: z.strictObject({ status: z.literal('ok') }).meta({ id: 'Liveness' }) },
  problems: [],
  async handle() {
    return { status: 200, body: { status: 'ok' as const } }
  },
})

const readinessShape = z
  .strictObject({
    ready: z.boolean(),
    checks: z.record(z.string(), z.boolean()).meta({ description: 'By the name of the part.' }),
  })
  .meta({ id: 'Readiness' })

/** Says whether requests should be sent here. */
export const readyz = defineEndpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the app can do its work',
  docs: {
    tag: 'System',
    description: 'For balancers: send requests here while it answers 200.',
    answers: {
      200: {
        description: 'It can.',
        examples: {
          ready: {
            summary: 'Everything is there',
            value: { ready: true, checks: { started: true, database: true, queue: true } },
          },
        },
      },
      503: {
        description: 'Something is missing.',
        examples: {
          waiting: {
            summary: 'Messages have waited too long',
            value: { ready: false, checks: { started: true, database: true, queue: false } },
          },
        },
      },
    },
  },
  scope: 'public',
  request: {},
  answers: { 200: readinessShape, 503: readinessShape },
  problems: [],
  async handle(_, { readiness }) {
    const { ready, checks } = await readiness()
    return { status: ready ? 200 : 503, body: { ready, checks } }
  },
})
