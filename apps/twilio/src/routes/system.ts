import { z } from 'zod'
import { defineEndpoint } from './contract.ts'

/** Says that the process runs; asks nothing else. */
export const livez = defineEndpoint({
  method: 'GET',
  path: '/livez',
  summary: 'Whether the process runs',
  scope: 'public',
  request: {},
  answers: { 200: z.strictObject({ status: z.literal('ok') }) },
  problems: [],
  async handle() {
    return { status: 200, body: { status: 'ok' as const } }
  },
})

const readinessShape = z
  .strictObject({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) })
  .meta({ id: 'Readiness' })

/** Says whether requests should be sent here. */
export const readyz = defineEndpoint({
  method: 'GET',
  path: '/readyz',
  summary: 'Whether the app can do its work',
  scope: 'public',
  request: {},
  answers: { 200: readinessShape, 503: readinessShape },
  problems: [],
  async handle(_, { readiness }) {
    const { ready, checks } = await readiness()
    return { status: ready ? 200 : 503, body: { ready, checks } }
  },
})
