import type { statusForm } from './bodies.ts'
import type { EndpointDocs } from './endpoint-docs.ts'

/** What readers are told of `receiveCallback`. */
export const receiveCallbackDocs = {
  tag: 'Webhooks',
  description:
    'Twilio posts here what became of a message. The address goes out with every message, with `message_id` and `attempt` in its query; there is nothing to enter in the console of Twilio. A repeated callback is taken and changes nothing.',
  requests: {
    delivered: {
      summary: 'A message has arrived',
      value: {
        AccountSid: 'AC0123456789abcdef0123456789abcdef',
        ApiVersion: '2010-04-01',
        From: '+15005550006',
        MessageSid: 'SM0123456789abcdef0123456789abcdef',
        MessageStatus: 'delivered',
        SmsSid: 'SM0123456789abcdef0123456789abcdef',
        SmsStatus: 'delivered',
        To: '+14155552671',
      },
    },
    undelivered: {
      summary: 'A message has not arrived',
      value: {
        AccountSid: 'AC0123456789abcdef0123456789abcdef',
        ApiVersion: '2010-04-01',
        From: '+15005550006',
        MessageSid: 'SM0123456789abcdef0123456789abcdef',
        MessageStatus: 'undelivered',
        ErrorCode: '30003',
        To: '+14155552671',
      },
    },
  },
  answers: { 204: { description: 'It is stored.' } },
} satisfies EndpointDocs<typeof statusForm, { 204: null }>
