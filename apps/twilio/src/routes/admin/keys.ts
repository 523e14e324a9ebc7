import { z } from 'zod'
import { apiScopes } from '../../domain/access.ts'
import { problem } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { time } from './shapes.ts'
import { keyDocs } from './system-docs.ts'
import { actorOf, defineAdmin } from './tools.ts'

const scopes = z.array(z.enum(['send', 'read', 'verify', 'admin']))
const keyShape = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    scopes,
    created_at: time,
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' })

/** The keys, without the keys. */
export const listKeys = defineAdmin({
  method: 'GET',
  path: '/admin/api/keys/',
  summary: 'List the API keys',
  docs: keyDocs.list,
  scope: 'manage',
  request: {},
  answers: { 200: z.strictObject({ keys: z.array(keyShape) }).meta({ id: 'ApiKeys' }) },
  problems: ['unavailable'],
  async handle(_, { apiKeys }) {
    const keys = (await apiKeys.list()).map(({ id, name, scopes: granted, ...key }) => ({
      id,
      name,
      scopes: [...granted],
      created_at: toTime(key.createdAt),
      revoked_at: key.revokedAt === undefined ? null : toTime(key.revokedAt),
    }))
    return { status: 200, body: { keys } }
  },
})

/** Makes a key, and shows it once. */
export const createKey = defineAdmin({
  method: 'POST',
  path: '/admin/api/keys/',
  summary: 'Make an API key',
  docs: keyDocs.create,
  scope: 'manage',
  request: {
    body: z
      .strictObject({
        name: z.string().trim().min(1).max(64),
        scopes: scopes.min(1).max(apiScopes.length),
      })
      .meta({ id: 'CreateApiKey' }),
  },
  answers: {
    201: z
      .strictObject({
        id: z.string(),
        key: z.string().meta({ description: 'Shown here and never again.' }),
      })
      .meta({ id: 'CreatedApiKey' }),
  },
  problems: ['unavailable'],
  async handle(call, { apiKeys }) {
    const { name, scopes: wanted } = call.body
    const created = await apiKeys.create({
      name,
      scopes: [...new Set(wanted)],
      actor: actorOf(call),
    })
    return { status: 201, body: created }
  },
})

/** Ends a key. */
export const revokeKey = defineAdmin({
  method: 'POST',
  path: '/admin/api/keys/{id}/revoke/',
  summary: 'Revoke an API key',
  docs: keyDocs.revoke,
  scope: 'manage',
  request: { params: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }) },
  answers: { 204: null },
  problems: ['not-found', 'unavailable'],
  async handle(call, { apiKeys }) {
    const revoked = await apiKeys.revoke(call.params.id, { actor: actorOf(call) })
    return revoked ? { status: 204 } : problem('not-found')
  },
})
