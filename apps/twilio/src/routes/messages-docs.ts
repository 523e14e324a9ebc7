import type { sendBody } from './bodies.ts'
import type { EndpointDocs } from './endpoint-docs.ts'
import { type SMSLog, type smsLog, type smsStatus } from './shapes.ts'

const queued: SMSLog = {
  id: '01a203fc-91fb-7000-8635-3007e328d8ea',
  channel: 'sms',
  direction: 'outbound',
  to_phone: '+14155552671',
  from_phone: '+15005550006',
  messaging_service_sid: null,
  message: 'Order 17 is on its way',
  media_urls: [],
  status: 'QUEUED',
  provider_msg_id: null,
  error_code: null,
  num_segments: null,
  price: null,
  price_unit: null,
  attempts: 0,
  metadata: { order: '17' },
  resend_of: null,
  send_at: null,
  expires_at: '2026-11-22T20:00:13.815Z',
  last_event_time: '2026-11-22T16:00:13.819Z',
  created_at: '2026-11-22T16:00:13.819Z',
  updated_at: '2026-11-22T16:00:13.819Z',
}

const accepted: SMSLog = {
  ...queued,
  status: 'ACCEPTED',
  provider_msg_id: 'SM0123456789abcdef0123456789abcdef',
  num_segments: 1,
  attempts: 1,
  last_event_time: '2026-11-22T16:00:13.962Z',
  updated_at: '2026-11-22T16:00:13.962Z',
}

const event = { applied: true, error_code: null, detail: null, attempt: 1 }

/** What readers are told of `sendMessage`. */
export const sendMessageDocs = {
  tag: 'Messages',
  description:
    'When it is answered, the message is on disk and will be sent, whatever happens to Twilio or to this service in between. Without an `Idempotency-Key` a repetition sends a second text.',
  requests: {
    least: {
      summary: 'A text',
      value: { to_phone: '+14155552671', message: 'Order 17 is on its way' },
    },
    scheduled: {
      summary: 'A text for later, with words of your own',
      value: {
        to_phone: '+14155552671',
        message: 'Order 17 arrives today',
        from_phone: 'Shop',
        send_at: '2026-11-23T08:00:00+01:00',
        expires_at: '2026-11-23T18:00:00+01:00',
        priority: 'bulk',
        metadata: { order: '17' },
      },
    },
  },
  answers: {
    201: {
      description: 'Twilio has answered within the `wait` that was preferred.',
      headers: ['Location', 'Preference-Applied', 'Idempotent-Replayed'],
      examples: { accepted: { summary: 'Twilio has it', value: accepted } },
    },
    202: {
      description: 'The message is accepted and will be sent.',
      headers: ['Location', 'Idempotent-Replayed'],
      examples: { queued: { summary: 'It waits to be sent', value: queued } },
    },
  },
} satisfies EndpointDocs<typeof sendBody, { 201: typeof smsLog; 202: typeof smsLog }>

/** What readers are told of `cancelMessage`. */
export const cancelMessageDocs = {
  tag: 'Messages',
  description:
    'Takes back a message that waits here (`SCHEDULED`, `QUEUED`): it is then never sent. Once Twilio is being called it is too late. Repeating it changes nothing.',
  answers: {
    200: {
      description: 'The message is canceled, now or before.',
      examples: {
        canceled: {
          summary: 'It will not be sent',
          value: { ...queued, status: 'CANCELED', updated_at: '2026-11-22T16:00:20.001Z' },
        },
      },
    },
  },
} satisfies EndpointDocs<undefined, { 200: typeof smsLog }>

/** What readers are told of `getMessageStatus`. */
export const getMessageStatusDocs = {
  tag: 'Messages',
  description: 'The message as it stands, and everything that happened to it, oldest first.',
  answers: {
    200: {
      description: 'The message and its events.',
      examples: {
        delivered: {
          summary: 'It has arrived',
          value: {
            ...accepted,
            status: 'DELIVERED',
            price: '-0.00790',
            price_unit: 'USD',
            last_event_time: '2026-11-22T16:00:15.120Z',
            updated_at: '2026-11-22T16:00:15.120Z',
            events: [
              {
                ...event,
                status: 'QUEUED',
                source: 'api',
                attempt: null,
                created_at: queued.created_at,
              },
              {
                ...event,
                status: 'SENDING',
                source: 'worker',
                created_at: '2026-11-22T16:00:13.830Z',
              },
              { ...event, status: 'ACCEPTED', source: 'worker', created_at: accepted.updated_at },
              {
                ...event,
                status: 'SENT',
                source: 'callback',
                created_at: '2026-11-22T16:00:14.410Z',
              },
              {
                ...event,
                status: 'DELIVERED',
                source: 'callback',
                created_at: '2026-11-22T16:00:15.120Z',
              },
            ],
          },
        },
      },
    },
  },
} satisfies EndpointDocs<undefined, { 200: typeof smsStatus }>
