import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, CommandError, fieldsOf } from './command.ts'

/** What a development server needs to be the same one after a restart. */
export interface DevCredentials {
  account_sid: string
  auth_token: string
  verify_service_sid: string
  /** Key of own codes and of proof tokens. */
  secret: string
  /** Absent until the database has one. */
  api_key?: string | undefined
}

/** Where they are kept. */
export interface DevCredentialsFile {
  credentials: DevCredentials
  save(credentials: DevCredentials): void
}

/** Those of an earlier run in this folder, or new ones. Readable for the owner only. */
export function openDevCredentials(folder: string): DevCredentialsFile {
  const file = join(folder, 'dev-credentials.json')
  return {
    credentials: readExisting(file) ?? newCredentials(),
    save(credentials) {
      // Renamed into place, so that a kill leaves the old ones or the new ones.
      try {
        writeFileSync(`${file}.new`, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
        renameSync(`${file}.new`, file)
      } catch (error) {
        throw new CommandError(`${file} cannot be written: ${codeOf(error)}`, { cause: error })
      }
    },
  }
}

/** Credentials of one run. */
export function newCredentials(): DevCredentials {
  return {
    account_sid: `AC${hexDigits()}`,
    auth_token: hexDigits(),
    verify_service_sid: `VA${hexDigits()}`,
    secret: randomBytes(32).toString('base64url'),
  }
}

function hexDigits(): string {
  return randomBytes(16).toString('hex')
}

function readExisting(file: string): DevCredentials | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new CommandError(`${file} cannot be read: ${codeOf(error)}`, { cause: error })
  }
  const credentials = parse(text)
  if (credentials) return credentials
  throw new CommandError(`${file} is damaged: delete it, and new credentials are made`)
}

function parse(text: string): DevCredentials | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isCredentials(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isCredentials(value: unknown): value is DevCredentials {
  const fields = fieldsOf(value)
  const fits = (name: string, shape: RegExp) => shape.test(String(fields.get(name)))
  return (
    fits('account_sid', /^AC[0-9a-f]{32}$/) &&
    fits('auth_token', /^[0-9a-f]{32}$/) &&
    fits('verify_service_sid', /^VA[0-9a-f]{32}$/) &&
    fits('secret', /^[\w-]{43}$/) &&
    (!fields.has('api_key') || fits('api_key', /^hsb_[\w-]{43}$/))
  )
}
