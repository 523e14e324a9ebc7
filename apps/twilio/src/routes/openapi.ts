import { z } from 'zod'
import { defineEndpoint } from './contract.ts'

const anyDocument = z
  .looseObject({ openapi: z.string() })
  .meta({ description: 'An OpenAPI 3.1 document.' })

/** Gives the description of every endpoint. */
export const getOpenApi = defineEndpoint({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This description',
  docs: {
    tag: 'System',
    description: 'It holds no secret and needs no credential.',
    answers: {
      200: {
        description: 'An OpenAPI 3.1 document.',
        headers: ['ETag', 'Cache-Control'],
        examples: {
          head: {
            summary: 'How it begins',
            value: { openapi: '3.1.1', info: { title: 'hsb-twilio', version: '0.1.0' } },
          },
        },
      },
      304: { description: 'Your copy still holds.', headers: ['ETag', 'Cache-Control'] },
    },
  },
  scope: 'public',
  request: {
    headers: z.object({
      'if-none-match': z.string().optional().meta({ description: 'The `ETag` of your copy.' }),
    }),
  },
  answers: { 200: anyDocument, 304: null },
  problems: [],
  async handle({ headers }, { openApi }) {
    const { document, etag } = openApi()
    const answered = { etag, 'cache-control': 'public, max-age=300' }
    const known = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''))
    if (known?.some((one) => one === etag || one === '*')) {
      return { status: 304, headers: answered }
    }
    return { status: 200, body: document, headers: answered }
  },
})
