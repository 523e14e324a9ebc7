import { z } from 'zod'

// What requests hold: these schemas validate, and the OpenAPI document and the client's types are
// made from them.

/** An instant in ISO 8601 with its offset. */
export const moment = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((text) => new Date(text))

/** Text that is a phone number only by intention: its shape is judged by `invalid-phone`. */
const phoneText = z.string().min(1).max(64)

/** A message to be sent. */
export const sendBody = z
  .strictObject({
    to_phone: phoneText.meta({ description: 'Who gets it, in E.164 form.' }),
    message: z.string().min(1).max(1_600).meta({
      description: 'The text. Twilio bills it by segments of 70 to 160 characters.',
    }),
    from_phone: z.string().min(1).max(64).optional().meta({
      description:
        'The sender: a number in E.164 form, a short code, or up to 11 letters and digits. Left out: the sender of the settings.',
    }),
    messaging_service_sid: z
      .string()
      .regex(/^MG[0-9a-fA-F]{32}$/)
      .optional()
      .meta({ description: 'The Messaging Service of Twilio that picks the sender.' }),
    send_at: moment.optional().meta({ description: 'Not before this moment.' }),
    expires_at: moment.optional().meta({
      description: 'Never after this moment. Left out: 4 hours, unless the settings say otherwise.',
    }),
    priority: z.enum(['normal', 'bulk']).optional().meta({
      description: '`bulk` waits behind everything else.',
    }),
    metadata: z
      .record(z.string().min(1).max(40), z.string().max(500))
      .refine((pairs) => Object.keys(pairs).length <= 20, 'holds more than 20 pairs')
      .meta({ maxProperties: 20 })
      .optional()
      .meta({ description: 'Kept with the message and given back; never sent to Twilio.' }),
  })
  .meta({ id: 'SendMessage' })

/** The place of one message in a path. */
export const oneMessage = z.strictObject({ id: z.uuid().toLowerCase() })

/** What a caller may name a request by, to repeat it safely. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/)

/** The headers that a send looks at. */
export const sendHeaders = z.object({
  'idempotency-key': idempotencyKey.optional().meta({
    description:
      'Makes repeating the request safe for 7 days: a repetition answers the first message and sends nothing.',
    example: 'order-17-shipped',
  }),
  prefer: z.string().optional().meta({
    description:
      '`wait=N` (RFC 7240) waits up to N seconds, 30 at most unless set otherwise, for the answer of Twilio.',
    example: 'wait=10',
  }),
})

const purpose = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/)
  .optional()
  .meta({ description: 'What is being proven; stands in the token. Left out: `verify`.' })
const verificationId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** A verification to be started, or its code to be sent once more. */
export const startBody = z
  .strictObject({
    to_phone: phoneText.meta({ description: 'The phone to be proven, in E.164 form.' }),
    channel: z.enum(['sms', 'call', 'whatsapp']).optional().meta({
      description: 'How the code travels. Own codes know `sms` only. Left out: `sms`.',
    }),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/)
      .optional()
      .meta({ description: 'Language of the text, as in BCP 47.' }),
    purpose,
    verification_id: verificationId.optional().meta({
      description: 'Sends the code of this running verification once more.',
    }),
  })
  .meta({ id: 'StartVerification' })

/** A code to be checked. */
export const checkBody = z
  .strictObject({
    verification_id: verificationId.optional().meta({
      description: 'As the start answered it. Required unless the settings allow checks by phone.',
    }),
    to_phone: phoneText.optional().meta({
      description: 'Instead of `verification_id`, where the settings allow it.',
    }),
    purpose: purpose.meta({ description: 'With `to_phone` only: the purpose of the start.' }),
    code: z
      .string()
      .regex(/^[0-9]{4,10}$/, 'must be 4 to 10 digits')
      .meta({ description: 'What the person typed.' }),
  })
  .meta({ id: 'CheckVerification' })

// Twilio adds parameters without notice: https://www.twilio.com/docs/usage/webhooks/messaging-webhooks
/** What Twilio posts about a message. */
export const statusForm = z
  .looseObject({
    AccountSid: z.string(),
    ApiVersion: z.string(),
    From: z.string(),
    To: z.string(),
    MessageSid: z.string(),
    MessageStatus: z.string().meta({ description: 'In the words of Twilio, such as `delivered`.' }),
    ErrorCode: z.string().optional().meta({ description: 'Digits.' }),
  })
  .meta({ id: 'StatusCallback' })

/** What Twilio posts of a message that a phone has written. */
export const inboundForm = z
  .looseObject({
    AccountSid: z.string(),
    MessageSid: z.string(),
    From: z.string(),
    To: z.string(),
    Body: z.string(),
    NumMedia: z.string().optional().meta({ description: 'Digits; as many `MediaUrl0`, … follow.' }),
    NumSegments: z.string().optional().meta({ description: 'Digits.' }),
    OptOutType: z.string().optional().meta({
      description: '`STOP`, `START` or `HELP`, where Advanced Opt-Out is switched on.',
    }),
  })
  .meta({ id: 'InboundMessage' })
