import { z } from 'zod'
import type { AuthorizeAdmin } from './domain/access.ts'

/** The admin pages and what they read. */
export const adminSettings = z.strictObject({
  /** Without it there is nothing below `/admin/`. */
  enabled: z.boolean().default(true),
  /** Everybody looks, and nobody acts, whatever his role. */
  readOnly: z.boolean().default(false),
  /** Who is in, and in which role, as your own sign-in knows it; then the pages have no form. */
  authorize: z
    .custom<AuthorizeAdmin>((value) => typeof value === 'function', 'must be a function')
    .optional(),
})
