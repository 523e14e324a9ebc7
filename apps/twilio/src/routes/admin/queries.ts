import { z } from 'zod'
import { channels, isMessageStatus, type MessageStatus } from '../../domain/message.ts'
import type { BrowseFilter } from '../../services/browse.ts'
import { moment } from '../bodies.ts'

const longestPage = 100
// The database refuses a NUL, and half a surrogate pair reaches it as another text.
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine(
      (value) => !value.includes('\0') && value.isWellFormed(),
      'holds a NUL or half a character',
    )

/** How much of a list, and behind what. */
export const page = {
  before: text(400).min(1).optional().meta({ description: '`next` of the page before.' }),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number)
    .refine((limit) => limit <= longestPage, `is over ${longestPage}`)
    .optional()
    .meta({ description: `At most ${longestPage}; 50 where it is left out.` }),
}

/** What an export and a list of messages can be narrowed by. */
export const filters = {
  status: text(200)
    .transform((value) => value.split(',').map((one) => one.trim().toUpperCase()))
    .refine((values): values is MessageStatus[] => values.every(isMessageStatus), 'is no status')
    .optional()
    .meta({ description: 'One status, or several with commas between them.' }),
  direction: z.enum(['outbound', 'inbound']).optional(),
  channel: z.enum(channels).optional(),
  error: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .optional()
    .meta({ description: 'A code of Twilio, such as 30003.' }),
  sender: text(64).min(1).optional().meta({ description: 'A sender, or a messaging service SID.' }),
  q: text(200).optional().meta({
    description:
      'A phone or its last four digits or more, an id, a SID; anything else is looked for in the texts of the last 30 days.',
  }),
  since: moment.optional(),
  until: moment.optional(),
}

type Filters = { [name in keyof typeof filters]?: z.output<(typeof filters)[name]> }

/** The filter that a request names. */
export function filterOf({ status, error: errorCode, ...rest }: Filters): BrowseFilter {
  return { ...rest, statuses: status, errorCode }
}

/** The page that a request names. */
export function pageOf({
  before,
  limit = 50,
}: {
  before?: string | undefined
  limit?: number | undefined
}) {
  return { before, limit }
}
