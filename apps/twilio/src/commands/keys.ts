import { apiScopes, type ApiScope } from '../domain/access.ts'
import { CommandError, createCommand, UsageError } from './command.ts'
import { configArg, withDatabase } from './config-file.ts'
import { jsonArg } from './server-args.ts'
import { print, show, tell } from './terminal.ts'

/** `hsb-twilio keys create`: a new key, shown once. */
export const createKeyCommand = createCommand({
  name: 'hsb-twilio keys create',
  summary: 'Make an API key; it is shown once',
  args: {
    config: configArg,
    name: { type: 'string', required: true, description: 'Who will hold it' },
    scopes: {
      type: 'string',
      required: true,
      valueHint: 'list',
      description: `Some of ${apiScopes.join(',')}`,
    },
    json: jsonArg,
  },
  examples: [
    'hsb-twilio keys create --name shop --scopes send,read',
    'hsb-twilio keys create --name website --scopes verify --json',
  ],
  async run(args) {
    const scopes = readScopes(args.scopes)
    if (args.name.length > 100)
      throw new UsageError("Option '--name' is longer than 100 characters")
    return withDatabase(args.config, async ({ apiKeys }) => {
      const { id, key } = await apiKeys.create({ name: args.name, scopes, actor: 'cli' })
      if (args.json) return show({ id, key, name: args.name, scopes })
      print(key)
      tell(`id ${id}; the key is not kept and cannot be shown again`)
      return 0
    })
  },
})

/** `hsb-twilio keys list`: every key that was ever made, without the keys themselves. */
export const listKeysCommand = createCommand({
  name: 'hsb-twilio keys list',
  summary: 'List the API keys',
  args: { config: configArg, json: jsonArg },
  examples: ['hsb-twilio keys list', 'hsb-twilio keys list --config twilio.config.ts --json'],
  run: (args) =>
    withDatabase(args.config, async ({ apiKeys }) => {
      const keys = await apiKeys.list()
      const rows = keys.map(({ id, name, scopes, createdAt, revokedAt }) => ({
        id,
        name,
        scopes,
        created_at: new Date(createdAt).toISOString(),
        revoked_at: revokedAt === undefined ? null : new Date(revokedAt).toISOString(),
      }))
      if (args.json) return show(rows)
      for (const row of rows) {
        const state = row.revoked_at === null ? 'active ' : 'revoked'
        print([row.id, state, row.created_at, row.scopes.join(','), row.name].join('  '))
      }
      if (rows.length === 0) tell('no keys yet: hsb-twilio keys create --help')
      return 0
    }),
})

/** `hsb-twilio keys revoke`: ends a key. */
export const revokeKeyCommand = createCommand({
  name: 'hsb-twilio keys revoke',
  summary: 'End an API key; servers that run notice within 5 seconds',
  args: {
    id: { type: 'positional', required: true, description: 'As shown by keys list' },
    config: configArg,
    json: jsonArg,
  },
  examples: [
    'hsb-twilio keys revoke 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a',
    'hsb-twilio keys revoke 0194f3c2-7c1e-7000-8000-2b1f4c9d0e6a --config twilio.config.ts --json',
  ],
  run: (args) =>
    withDatabase(args.config, async ({ apiKeys }) => {
      const isRevoked = await apiKeys.revoke(args.id, { actor: 'cli' })
      if (!isRevoked) throw new CommandError(`there is no active key with the id ${args.id}`)
      return show(args.json ? { id: args.id, revoked: true } : `revoked ${args.id}`)
    }),
})

function readScopes(text: string): ApiScope[] {
  return text.split(',').map((word) => {
    const scope = apiScopes.find((one) => one === word.trim())
    if (scope !== undefined) return scope
    throw new UsageError(`'${word.trim()}' is no scope; there are ${apiScopes.join(', ')}`)
  })
}
