// What Twilio's error codes mean to a program that has to decide what to do next. One row a code
// stands in data/error-codes.json, in our words; the facts are from Twilio's pages
// https://www.twilio.com/docs/api/errors/<code>. A row names an HTTP status only where Twilio
// documents it or a real answer showed it. Twilio may change its codes at any time, so nothing
// here fails on a code it does not know.
import rows from './data/error-codes.json' with { type: 'json' }

const categories = [
  'account',
  'auth',
  'carrier',
  'channel',
  'compliance',
  'content',
  'expired',
  'fraud',
  'geo-permission',
  'lookup',
  'messaging-service',
  'not-found',
  'opt-out',
  'platform',
  'rate-limit',
  'recipient',
  'request',
  'schedule',
  'sender',
  'template',
  'unknown',
  'verify',
  'voice',
  'webhook',
] as const

const retries = ['never', 'backoff', 'delayed', 'reconcile', 'after-fix'] as const

const phases = ['request', 'delivery', 'either', 'webhook'] as const

/** What an error is about: the recipient, the sender, the account and so on. */
export type CodeCategory = (typeof categories)[number]

/**
 * When the same thing may be tried again: `never`; after seconds (`backoff`); after minutes or
 * hours (`delayed`); only after looking up what the first try did (`reconcile`); only after a
 * person or a setting changed something (`after-fix`).
 */
export type RetryRule = (typeof retries)[number]

/**
 * Where a code shows up: as the answer to a call (`request`), later on the message (`delivery`),
 * in both places (`either`), or only in Twilio's own debugger (`webhook`).
 */
export type CodePhase = (typeof phases)[number]

/** What is known about one Twilio error code. */
export interface CodeDescription {
  readonly code: number
  /** False when the code is not in our table and the rest follows its family or HTTP status. */
  readonly known: boolean
  readonly category: CodeCategory
  readonly retry: RetryRule
  readonly phase: CodePhase
  /** The HTTP status Twilio answers with, where that is documented or was seen. */
  readonly httpStatus: number | undefined
  readonly meaning: string
}

let table: Map<number, CodeDescription> | undefined

/**
 * Says what a Twilio error code means and whether trying again makes sense. Give the HTTP status
 * when there is one: it decides about codes that are not in the table. Never throws.
 */
export function describeCode(code: number, httpStatus?: number): CodeDescription {
  table ??= new Map(readTable().map((row) => [row.code, row]))
  const found = table.get(code)
  if (found !== undefined) return found
  const family = familyOf(code) ?? describeStatus(httpStatus)
  return { code, known: false, httpStatus, ...family }
}

/** All codes of the table, in ascending order. */
export function listCodes(): readonly CodeDescription[] {
  return readTable()
}

type Family = Pick<CodeDescription, 'category' | 'retry' | 'phase' | 'meaning'>

function familyOf(code: number): Family | undefined {
  const meaning = 'A delivery failure that is not in our table.'
  if (code >= 30000 && code <= 30999) {
    return { category: 'carrier', retry: 'never', phase: 'delivery', meaning }
  }
  if (code >= 63000 && code <= 63999) {
    return { category: 'channel', retry: 'never', phase: 'delivery', meaning }
  }
  return undefined
}

/** What an answer without a known code means, by its HTTP status alone. */
export function describeStatus(httpStatus: number | undefined): Family {
  const phase = 'request'
  if (httpStatus === undefined) {
    return { category: 'unknown', retry: 'never', phase, meaning: 'The code is not in our table.' }
  }
  if (httpStatus === 429) {
    const meaning = 'Too many requests; this one was not processed.'
    return { category: 'rate-limit', retry: 'backoff', phase, meaning }
  }
  if (httpStatus === 401 || httpStatus === 403) {
    const meaning = 'The credentials or the account may not do this.'
    return { category: 'auth', retry: 'after-fix', phase, meaning }
  }
  if (httpStatus === 404) {
    return { category: 'not-found', retry: 'never', phase, meaning: 'There is no such thing.' }
  }
  if (httpStatus >= 400 && httpStatus < 500) {
    return { category: 'request', retry: 'never', phase, meaning: 'The request was refused.' }
  }
  // A 5xx, or a redirect, which we never follow: nobody can say what the request did.
  const meaning = 'The request may or may not have been carried out.'
  return { category: 'platform', retry: 'reconcile', phase, meaning }
}

// A word that is not ours would be a mistake in the data file; it must not become a type that lies.
function readTable(): CodeDescription[] {
  return rows.map(({ code, category, retry, phase, meaning, httpStatus }) => ({
    code,
    known: true,
    category: isOneOf(categories, category) ? category : 'unknown',
    retry: isOneOf(retries, retry) ? retry : 'never',
    phase: isOneOf(phases, phase) ? phase : 'either',
    httpStatus,
    meaning,
  }))
}

function isOneOf<Word extends string>(words: readonly Word[], word: string): word is Word {
  return words.some((known) => known === word)
}
