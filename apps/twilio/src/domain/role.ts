/** What somebody may do on the admin pages. Each role may also do what those before it may. */
export type Role = (typeof roles)[number]

/** Every role, the least one first: looking, acting on messages, changing who may do what. */
export const roles = ['viewer', 'operator', 'admin'] as const

/** True for the name of a role. */
export function isRole(text: string): text is Role {
  return roles.some((role) => role === text)
}

/** The name of an account: what one types into a form, in one spelling. */
export function readAccountName(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().toLowerCase()
  return /^[a-z0-9][a-z0-9._@+-]{0,63}$/.test(name) ? name : undefined
}
