import { exampleRow } from './messages-docs.ts'

const optOut = {
  key: 'q2l8yGm5o0c3Xw',
  phone: '+1415*****71',
  sender: '',
  source: 'recipient' as const,
  reason: 'STOP',
  since: '2026-11-22T16:00:13.819Z',
}

/** What readers are told of the inbox. */
export const inboxDocs = {
  conversations: {
    tag: 'Inbox' as const,
    description: 'The one that wrote last comes first.',
    answers: {
      200: {
        description: 'Some of them.',
        examples: {
          page: {
            summary: 'The last page',
            value: {
              conversations: [
                {
                  phone: '+1415*****71',
                  key: exampleRow.id,
                  last_at: '2026-11-22T16:00:13.819Z',
                  last_preview_hidden: true as const,
                  inbound: 2,
                },
              ],
              next: null,
            },
          },
        },
      },
    },
  },
  conversation: {
    tag: 'Inbox' as const,
    description: 'The newest hundred messages in both directions, without their texts.',
    answers: {
      200: {
        description: 'The thread.',
        examples: {
          thread: {
            summary: 'A short one',
            value: {
              phone: '+1415*****71',
              messages: [{ ...exampleRow, body_hidden: true as const }],
              opted_out: [{ sender: '', reason: 'STOP', since: '2026-11-22T16:00:13.819Z' }],
            },
          },
        },
      },
    },
  },
  optOuts: {
    tag: 'Inbox' as const,
    description: 'Newest first.',
    answers: {
      200: {
        description: 'Some of them.',
        examples: {
          page: { summary: 'The last page', value: { opt_outs: [optOut], next: null } },
        },
      },
    },
  },
  add: {
    tag: 'Inbox' as const,
    description: 'Of one sender, or of all of them. Written down in the audit log.',
    requests: {
      all: {
        summary: 'Of all senders',
        value: { phone: '+14155552671', reason: 'asked on the phone' },
      },
    },
    answers: { 204: { description: 'It gets no more texts.' } },
  },
  remove: {
    tag: 'Inbox' as const,
    description: 'Only with the consent of whoever has the phone. Written down in the audit log.',
    requests: { one: { summary: 'One of the list', value: { key: optOut.key } } },
    answers: { 204: { description: 'It may be texted again.' } },
  },
}
