/** What readers are told of the settings, the log and the rest. */
export const systemDocs = {
  settings: {
    tag: 'System' as const,
    description: 'With their defaults, and what is odd about callbacks that were refused lately.',
    answers: {
      200: {
        description: 'The settings.',
        examples: {
          some: {
            summary: 'Cut short',
            value: {
              settings: [
                { name: 'twilio.authToken', value: '[secret]', default: null },
                { name: 'delivery.concurrency', value: 32, default: 32 },
              ],
              webhook_urls: {
                status: 'https://shop.example.com/sms/webhooks/sms/twilio/',
                inbound: 'https://shop.example.com/sms/webhooks/sms/twilio/inbound/',
              },
              health: { ready: true, checks: { started: true, database: true } },
              refused_callbacks: [
                {
                  at: '2026-11-22T16:00:13.819Z',
                  url: '/webhooks/sms/twilio/?attempt=1',
                  diagnosis: ['has no X-Twilio-Signature'],
                },
              ],
            },
          },
        },
      },
    },
  },
  audit: {
    tag: 'System' as const,
    description: 'Newest first. Never a text, never a whole number.',
    answers: {
      200: {
        description: 'Some entries.',
        examples: {
          page: {
            summary: 'The last page',
            value: {
              entries: [
                {
                  id: 17,
                  at: '2026-11-22T16:00:13.819Z',
                  actor: 'anna',
                  action: 'message-revealed',
                  subject: '01a203fc-91fb-7000-8635-3007e328d8ea',
                  detail: null,
                },
              ],
              next: null,
            },
          },
        },
      },
    },
  },
  live: {
    tag: 'System' as const,
    description:
      'Server-sent events: `message` with `{id, status, at}` for each message that changed, `queue` with `{}` after them, at most five times a second; a comment every 15 seconds. It ends after ten minutes, with the server, and for who reads too slowly: connect again.',
    answers: {
      200: {
        description: 'A stream that goes on.',
        headers: ['X-Accel-Buffering' as const],
        contentType: 'text/event-stream',
        examples: { queue: { summary: 'One event', value: 'event: queue\ndata: {}\n\n' } },
      },
    },
  },
  openApi: {
    tag: 'System' as const,
    description: 'Of the admin API only; the other one is at `/openapi.json`.',
    answers: {
      200: {
        description: 'An OpenAPI 3.1 document.',
        headers: ['ETag' as const],
        examples: { head: { summary: 'How it begins', value: { openapi: '3.1.1' } } },
      },
    },
  },
}

const key = {
  id: '01a203fc-91fb-7000-8635-3007e328d8ef',
  name: 'shop',
  scopes: ['send' as const, 'read' as const],
  created_at: '2026-11-22T16:00:13.819Z',
  revoked_at: null,
}

/** What readers are told of the keys. */
export const keyDocs = {
  list: {
    tag: 'System' as const,
    description: 'Newest first, revoked ones too; never the keys themselves.',
    answers: {
      200: {
        description: 'The keys.',
        examples: { one: { summary: 'One key', value: { keys: [key] } } },
      },
    },
  },
  create: {
    tag: 'System' as const,
    description: 'For a program. Written down in the audit log.',
    requests: { shop: { summary: 'A key', value: { name: key.name, scopes: key.scopes } } },
    answers: {
      201: {
        description: 'The key, this once.',
        examples: {
          key: { summary: 'The key', value: { id: key.id, key: 'hsb_0123456789' } },
        },
      },
    },
  },
  revoke: {
    tag: 'System' as const,
    description: 'It holds in every process within five seconds. Written down in the audit log.',
    answers: { 204: { description: 'It opens nothing any more.' } },
  },
}
