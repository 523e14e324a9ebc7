import { isRole, type Role, roles } from '../domain/role.ts'
import type { AccountResult } from '../services/admin-accounts.ts'
import { CommandError, createCommand, UsageError } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { generateArg, readPassword } from './password.ts'
import { jsonArg } from './server-args.ts'
import { print, show, tell } from './terminal.ts'

const nameArg = {
  type: 'positional',
  required: true,
  description: 'What is typed to sign in',
} as const

const roleArg = {
  type: 'string',
  required: true,
  valueHint: 'role',
  description: `One of ${roles.join(', ')}; each may do what those before it may`,
} as const

/** `hsb-twilio admins add`: somebody more who may sign in to the admin pages. */
export const addAdminCommand = createCommand({
  name: 'hsb-twilio admins add',
  summary: 'Let somebody sign in to the admin pages',
  args: { name: nameArg, role: roleArg, generate: generateArg, config: configArg, json: jsonArg },
  examples: [
    'hsb-twilio admins add anna --role admin',
    'hsb-twilio admins add bert@example.com --role viewer --generate',
  ],
  async run(args) {
    const role = readRole(args.role)
    const { password, isShown } = await readPassword(args.generate === true)
    return withDatabase(args.config, async ({ admins }) => {
      const { name } = expectDone(await admins.add({ name: args.name, password, role }), args.name)
      const shown = isShown ? { password } : {}
      return show(
        args.json ? { name, role, ...shown } : isShown ? password : `added ${name} as ${role}`,
      )
    })
  },
})

/** `hsb-twilio admins list`: who may sign in, and as what. */
export const listAdminsCommand = createCommand({
  name: 'hsb-twilio admins list',
  summary: 'List who may sign in to the admin pages',
  args: { config: configArg, json: jsonArg },
  examples: ['hsb-twilio admins list', 'hsb-twilio admins list --json'],
  run: (args) =>
    withDatabase(args.config, async ({ admins }) => {
      const rows = (await admins.list()).map(({ name, role, createdAt, changedAt }) => ({
        name,
        role,
        created_at: new Date(createdAt).toISOString(),
        changed_at: new Date(changedAt).toISOString(),
      }))
      if (args.json) return show(rows)
      for (const row of rows) print([row.role.padEnd(8), row.changed_at, row.name].join('  '))
      if (rows.length === 0) tell('nobody yet: hsb-twilio admins add --help')
      return 0
    }),
})

/** `hsb-twilio admins role`: what an account may do from now on. */
export const setRoleCommand = createCommand({
  name: 'hsb-twilio admins role',
  summary: 'Change what an account may do',
  args: { name: nameArg, role: roleArg, config: configArg, json: jsonArg },
  examples: [
    'hsb-twilio admins role anna --role viewer',
    'hsb-twilio admins role anna --role admin --json',
  ],
  async run(args) {
    const role = readRole(args.role)
    return withDatabase(args.config, async ({ admins }) => {
      const { name } = expectDone(await admins.setRole(args.name, role), args.name)
      return show(args.json ? { name, role } : `${name} is ${role}`)
    })
  },
})

/** `hsb-twilio admins password`: a new password; whoever is signed in with the old one is out. */
export const setPasswordCommand = createCommand({
  name: 'hsb-twilio admins password',
  summary: 'Set a new password; it ends what the account is signed in with',
  args: { name: nameArg, generate: generateArg, config: configArg, json: jsonArg },
  examples: [
    'hsb-twilio admins password anna',
    'hsb-twilio admins password anna --generate --json',
  ],
  async run(args) {
    const { password, isShown } = await readPassword(args.generate === true)
    return withDatabase(args.config, async ({ admins }) => {
      const { name } = expectDone(await admins.setPassword(args.name, password), args.name)
      const shown = isShown ? { password } : {}
      return show(args.json ? { name, ...shown } : isShown ? password : `changed ${name}`)
    })
  },
})

/** `hsb-twilio admins remove`: ends an account and what it is signed in with. */
export const removeAdminCommand = createCommand({
  name: 'hsb-twilio admins remove',
  summary: 'End an account',
  args: { name: nameArg, config: configArg, json: jsonArg },
  examples: ['hsb-twilio admins remove anna', 'hsb-twilio admins remove anna --json'],
  run: (args) =>
    withDatabase(args.config, async ({ admins }) => {
      const { name } = expectDone(await admins.remove(args.name), args.name)
      return show(args.json ? { name, removed: true } : `removed ${name}`)
    }),
})

function readRole(text: string): Role {
  if (isRole(text)) return text
  throw new UsageError(`'${text}' is no role; there are ${roles.join(', ')}`)
}

/** The answer where it was done; else the reason as an error. */
function expectDone(result: AccountResult, name: string): Extract<AccountResult, { kind: 'done' }> {
  switch (result.kind) {
    case 'done':
      return result
    case 'invalid-name':
      throw new UsageError(`'${name}' is no name: letters, digits and ._@+-, up to 64`)
    case 'weak-password':
      throw new CommandError(`the password is too weak: ${result.detail}`)
    case 'name-taken':
      throw new CommandError(`there is an account ${name} already`)
    case 'account-not-found':
      throw new CommandError(`there is no account ${name}`)
  }
}
