import type { z } from 'zod'
import type { inboundForm } from './bodies.ts'
import type { EndpointDocs } from './endpoint-docs.ts'

const sid = 'SM0123456789abcdef0123456789abcdef'
const text = {
  AccountSid: 'AC0123456789abcdef0123456789abcdef',
  ApiVersion: '2010-04-01',
  From: '+14155552671',
  MessageSid: sid,
  NumMedia: '0',
  NumSegments: '1',
  SmsMessageSid: sid,
  SmsSid: sid,
  SmsStatus: 'received',
  To: '+15005550006',
}

/** What readers are told of `receiveInbound`. */
export const receiveInboundDocs = {
  tag: 'Webhooks',
  description:
    'Twilio posts here what phones write to your numbers, once the address is entered there: in the console, at the number or at its Messaging Service, as a webhook of the method POST. `STOP` and its like stop further texts from that sender, `START` allows them again. A message that was stored before changes nothing.',
  requests: {
    text: { summary: 'A text', value: { ...text, Body: 'Is table 7 free?' } },
    stop: {
      summary: 'No more texts, please',
      value: { ...text, Body: 'STOP', OptOutType: 'STOP' },
    },
  },
  answers: {
    200: {
      description: 'It is stored. The TwiML says nothing, so nothing is sent back.',
      contentType: 'text/xml',
      examples: {
        silence: {
          summary: 'Nothing is said',
          value: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
        },
      },
    },
  },
} satisfies EndpointDocs<typeof inboundForm, { 200: z.ZodString }>
