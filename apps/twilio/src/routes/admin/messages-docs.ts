import type { MessageRow } from './shapes.ts'

/** One message that did not arrive. */
export const exampleRow: MessageRow = {
  id: '01a203fc-91fb-7000-8635-3007e328d8ea',
  direction: 'outbound',
  channel: 'sms',
  to_phone: '+1415*****71',
  from_phone: '+1500*****06',
  status: 'UNDELIVERED',
  error_code: 30003,
  num_segments: 1,
  price: '0.00790',
  price_unit: 'USD',
  is_verification: false,
  resend_of: null,
  created_at: '2026-11-22T16:00:13.819Z',
  updated_at: '2026-11-22T16:00:17.120Z',
  preview: null,
}
const panel = {
  message: {
    ...exampleRow,
    provider_msg_id: 'SM0123456789abcdef0123456789abcdef',
    attempts: 1,
    send_at: null,
    expires_at: '2026-11-22T20:00:13.815Z',
    metadata_keys: ['order'],
    body_hidden: true as const,
  },
  events: [
    {
      at: '2026-11-22T16:00:17.120Z',
      status: 'UNDELIVERED' as const,
      source: 'callback' as const,
      applied: true,
      attempt: 1,
      error_code: 30003,
      detail: 'undelivered',
    },
  ],
  error: {
    code: 30003,
    meaning: 'The phone is off or out of reach.',
    class: 'carrier',
    advice: 'nothing for one phone; where many fail, ask Twilio with the SIDs',
  },
  actions: ['reveal' as const, 'resend' as const, 'redact' as const],
  resends: [],
  refused_callbacks: [],
}
const one = { one: { summary: 'A message', value: { message: exampleRow } } }

/** What readers are told of looking for messages. */
export const messagesDocs = {
  list: {
    tag: 'Messages' as const,
    description:
      'Newest first. Each call reads a bounded number of messages, so that a rare one may stand behind an empty page: go on while `next` is not null.',
    answers: {
      200: {
        description: 'Some of them.',
        examples: {
          page: { summary: 'The last page', value: { messages: [exampleRow], next: null } },
        },
      },
    },
  },
  get: {
    tag: 'Messages' as const,
    description: 'Everything but its text; what came too late or twice is among the events.',
    answers: {
      200: {
        description: 'The message.',
        examples: { undelivered: { summary: 'One that did not arrive', value: panel } },
      },
    },
  },
  reveal: {
    tag: 'Messages' as const,
    description: 'Written down in the audit log before it is shown.',
    answers: {
      200: {
        description: 'What is hidden elsewhere.',
        examples: {
          text: {
            summary: 'A text',
            value: {
              to_phone: '+14155552671',
              from_phone: '+15005550006',
              message: 'Order 17 is on its way',
              metadata: { order: '17' },
              media_urls: [],
            },
          },
        },
      },
    },
  },
}

/** What readers are told of acting on messages. */
export const actionDocs = {
  send: {
    tag: 'Messages' as const,
    description:
      'By hand, from the default sender. Every check of a send applies; who sent it is written down.',
    requests: {
      text: {
        summary: 'A text',
        value: { to_phone: '+14155552671', message: 'Order 17 is on its way' },
      },
    },
    answers: { 202: { description: 'It is on disk and will be sent.', examples: one } },
  },
  resend: {
    tag: 'Messages' as const,
    description:
      'As a new message, which names this one in `resend_of`. Every check of a send applies.',
    answers: {
      202: { description: 'The new message is on disk and will be sent.', examples: one },
    },
  },
  cancel: {
    tag: 'Messages' as const,
    description: 'It is then never sent.',
    answers: { 200: { description: 'It is canceled, by this call or before.', examples: one } },
  },
  redact: {
    tag: 'Messages' as const,
    description: 'At Twilio first and then here, metadata and media included. May be repeated.',
    answers: { 200: { description: 'It is empty.', examples: one } },
  },
}
