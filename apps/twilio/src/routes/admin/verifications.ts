import { z } from 'zod'
import { problem } from '../problems.ts'
import { toTime } from '../shapes.ts'
import { exampleRow } from './messages-docs.ts'
import { page, pageOf } from './queries.ts'
import { messageRow, time, toRow, toVerificationRow, verificationRow } from './shapes.ts'
import { actorOf, defineAdmin } from './tools.ts'

const params = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const statuses = ['pending', 'approved', 'canceled', 'expired'] as const
const example: z.output<typeof verificationRow> = {
  id: '01a203fc-91fb-7000-8635-3007e328d8eb',
  to_phone: '+1415*****71',
  purpose: 'verify',
  channel: 'sms',
  backend: 'own-codes',
  status: 'approved',
  sends: 1,
  attempts: 1,
  created_at: '2026-11-22T16:00:13.819Z',
  expires_at: '2026-11-22T16:10:13.819Z',
  ended_at: '2026-11-22T16:00:35.120Z',
}

/** Looks for verifications. */
export const listVerifications = defineAdmin({
  method: 'GET',
  path: '/admin/api/verifications/',
  summary: 'Look for verifications',
  docs: {
    tag: 'Verifications',
    description: 'Newest first. There may be more behind an empty page, as long as `next` is set.',
    answers: {
      200: {
        description: 'Some of them.',
        examples: {
          page: { summary: 'The last page', value: { verifications: [example], next: null } },
        },
      },
    },
  },
  scope: 'look',
  request: {
    query: z.strictObject({
      status: z
        .string()
        .max(100)
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(statuses)))
        .optional(),
      q: z
        .string()
        .max(64)
        .refine((text) => !text.includes('\0') && text.isWellFormed())
        .optional()
        .meta({
          description: 'A phone or its last four digits or more, or an id.',
        }),
      ...page,
    }),
  },
  answers: {
    200: z
      .strictObject({ verifications: z.array(verificationRow), next: z.string().nullable() })
      .meta({ id: 'VerificationRows' }),
  },
  problems: ['unavailable'],
  async handle({ query }, { browse }) {
    const { status, q } = query
    const found = await browse.verifications({ statuses: status, q }, pageOf(query))
    return {
      status: 200,
      body: {
        verifications: found.verifications.map(toVerificationRow),
        next: found.next ?? null,
      },
    }
  },
})

/** Tells everything about one verification but its code. */
export const getVerification = defineAdmin({
  method: 'GET',
  path: '/admin/api/verifications/{id}/',
  summary: 'Read a verification and what happened to it',
  docs: {
    tag: 'Verifications',
    description: 'Its history, the messages that carried its code, and the limits of its phone.',
    answers: {
      200: {
        description: 'The verification.',
        examples: {
          approved: {
            summary: 'An approved one',
            value: {
              verification: example,
              events: [{ at: '2026-11-22T16:00:13.819Z', kind: 'started', detail: null }],
              messages: [{ ...exampleRow, is_verification: true }],
              limits: [{ rule: 'codesPerPhone', refuses_until: '2026-11-22T16:00:43.819Z' }],
            },
          },
        },
      },
    },
  },
  scope: 'look',
  request: { params },
  answers: {
    200: z
      .strictObject({
        verification: verificationRow,
        events: z.array(
          z.strictObject({
            at: time,
            kind: z.enum(['started', 'resent', 'approved', 'failed', 'canceled', 'expired']),
            detail: z.string().nullable(),
          }),
        ),
        messages: z.array(messageRow),
        limits: z.array(
          z.strictObject({
            rule: z.string().meta({ description: 'As in the settings `throttles.*`.' }),
            refuses_until: time.nullable(),
          }),
        ),
      })
      .meta({ id: 'VerificationPanel' }),
  },
  problems: ['verification-not-found', 'unavailable'],
  unknown: 'verification-not-found',
  async handle(call, { browse }) {
    const found = await browse.verification(call.params.id)
    if (!found) return problem('verification-not-found')
    return {
      status: 200,
      body: {
        verification: toVerificationRow(found.verification),
        events: found.events.map(({ createdAt, kind, nth }) => ({
          at: toTime(createdAt),
          kind,
          detail: kind === 'resent' ? `send ${nth}` : null,
        })),
        messages: found.messages.map(toRow),
        limits: found.limits.map(({ rule, refusesUntil }) => ({
          rule,
          refuses_until: refusesUntil === undefined ? null : toTime(refusesUntil),
        })),
      },
    }
  },
})

/** Ends a running verification. */
export const cancelVerification = defineAdmin({
  method: 'POST',
  path: '/admin/api/verifications/{id}/cancel/',
  summary: 'Cancel a running verification',
  docs: {
    tag: 'Verifications',
    description: 'Its code is worth nothing from then on.',
    answers: {
      200: {
        description: 'It is canceled.',
        examples: {
          canceled: {
            summary: 'The verification',
            value: { verification: { ...example, status: 'canceled' } },
          },
        },
      },
    },
  },
  scope: 'operate',
  request: { params },
  answers: {
    200: z.strictObject({ verification: verificationRow }).meta({ id: 'CanceledVerification' }),
  },
  problems: ['verification-not-found', 'unavailable'],
  unknown: 'verification-not-found',
  async handle(call, { browse, verifications }) {
    const { id } = call.params
    if (!(await verifications.cancel(id))) return problem('verification-not-found')
    await browse.noteVerificationCanceled(id, actorOf(call))
    const found = await browse.verification(id)
    if (!found) return problem('verification-not-found')
    return { status: 200, body: { verification: toVerificationRow(found.verification) } }
  },
})
