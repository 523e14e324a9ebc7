import { z } from 'zod'
import { toTime } from '../shapes.ts'
import { page, pageOf } from './queries.ts'
import { maskWords, time } from './shapes.ts'
import { systemDocs } from './system-docs.ts'
import { defineAdmin } from './tools.ts'

const setup = z
  .strictObject({
    settings: z.array(
      z.strictObject({
        name: z.string(),
        value: z.unknown().meta({ description: 'Secrets are `[secret]`.' }),
        default: z.unknown(),
      }),
    ),
    webhook_urls: z.strictObject({ status: z.string(), inbound: z.string() }),
    health: z.strictObject({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) }),
    refused_callbacks: z.array(
      z.strictObject({ at: time, url: z.string(), diagnosis: z.array(z.string()) }),
    ),
  })
  .meta({ id: 'Setup' })

/** Every setting, and whether the app does its work with them. */
export const getSettings = defineAdmin({
  method: 'GET',
  path: '/admin/api/settings/',
  summary: 'Read the settings in force',
  docs: systemDocs.settings,
  scope: 'look',
  request: {},
  answers: { 200: setup },
  problems: ['unavailable'],
  async handle(_, tools) {
    const { ready, checks } = await tools.readiness()
    const base = `${tools.settings.publicUrl}/webhooks/sms/twilio/`
    return {
      status: 200,
      body: {
        settings: tools.listSettings(),
        webhook_urls: { status: base, inbound: `${base}inbound/` },
        health: { ready, checks },
        refused_callbacks: tools.refusedCallbacks().map((callback) => ({
          at: toTime(callback.receivedAt),
          url: callback.url,
          diagnosis: tools.diagnose(callback),
        })),
      },
    }
  },
})

const entry = z
  .strictObject({
    id: z.number().int(),
    at: time,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.string()).nullable(),
  })
  .meta({ id: 'AuditEntry' })

/** Who changed what, and who looked at what is hidden. */
export const listAudit = defineAdmin({
  method: 'GET',
  path: '/admin/api/audit/',
  summary: 'List who did what',
  docs: systemDocs.audit,
  scope: 'look',
  request: {
    query: z.strictObject({
      before: z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number)
        .optional(),
      limit: page.limit,
    }),
  },
  answers: {
    200: z
      .strictObject({ entries: z.array(entry), next: z.string().nullable() })
      .meta({ id: 'AuditEntries' }),
  },
  problems: ['unavailable'],
  async handle({ query: { before, limit: asked } }, { audit }) {
    const { limit } = pageOf({ limit: asked })
    const found = await audit.list({ before, limit })
    const last = found.length < limit ? undefined : found.at(-1)
    return {
      status: 200,
      body: {
        entries: found.map(({ id, at, actor, action, subject, detail }) => ({
          id,
          at: toTime(at),
          actor,
          action,
          subject,
          detail:
            detail === undefined
              ? null
              : Object.fromEntries(
                  Object.entries(detail).map(([name, words]) => [
                    name,
                    // Ids hold digits too, and say nothing of anybody.
                    name === 'message' ? words : maskWords(words),
                  ]),
                ),
        })),
        next: last === undefined ? null : String(last.id),
      },
    }
  },
})

/** Gives the description of the admin API. */
export const getAdminOpenApi = defineAdmin({
  method: 'GET',
  path: '/admin/api/openapi.json',
  summary: 'This description',
  docs: systemDocs.openApi,
  scope: 'look',
  request: {},
  answers: {
    200: z.looseObject({ openapi: z.string() }).meta({ description: 'An OpenAPI 3.1 document.' }),
  },
  problems: ['unavailable'],
  async handle(_, { openApi }) {
    const { document, etag } = openApi()
    return { status: 200, body: document, headers: { etag } }
  },
})
