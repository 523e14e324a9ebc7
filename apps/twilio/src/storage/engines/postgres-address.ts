import type { Client } from 'pg'

/** What an address must name itself, as nobody shall guess it; empty when it names everything. */
export function missingOf(address: string): ('user' | 'database')[] {
  const url = URL.parse(address)
  const user = url?.username || url?.searchParams.get('user')
  const database = url?.pathname.slice(1)
  return [...(user ? [] : (['user'] as const)), ...(database ? [] : (['database'] as const))]
}

/** The address with everything that `pg` would otherwise look for in the environment (PGHOST, PGPORT). */
export function completeAddress(address: string): string {
  const url = new URL(address)
  const { searchParams: parts } = url
  if (url.hostname === '' && !parts.has('host')) parts.set('host', 'localhost')
  if (url.port === '' && !parts.has('port')) parts.set('port', '5432')
  return url.href
}

/** For what the address leaves out, in place of PGSSLMODE, PGSSLNEGOTIATION and PGCLIENT_ENCODING. */
export const addressDefaults = {
  ssl: false,
  sslnegotiation: 'postgres',
  client_encoding: 'utf8',
} as const

/**
 * Clients that know what their address says and nothing else. These parts have no harmless value that
 * could be handed in instead: PGPASSWORD and the password file, PGOPTIONS, PGREPLICATION.
 */
export function clientsOf(address: string, Base: typeof Client): typeof Client {
  const url = new URL(address)
  const part = (name: string) => url.searchParams.get(name) ?? undefined
  const hasPassword = (url.password || part('password') || '') !== ''
  return new Proxy(Base, {
    construct(target, [config]: ConstructorParameters<typeof Client>) {
      const client = new target(config)
      const parameters: unknown = Reflect.get(client, 'connectionParameters')
      const own = { options: part('options'), replication: part('replication') }
      if (typeof parameters === 'object' && parameters !== null) Object.assign(parameters, own)
      // Not null, which would be looked up in a file.
      if (!hasPassword) Object.assign(client, { password: '' })
      return client
    },
  })
}
