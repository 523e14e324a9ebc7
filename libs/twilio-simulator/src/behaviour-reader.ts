import { callFaults, fates, operations } from './behaviours.ts'
import type { Behaviour, CallScope, Moment, Scope } from './behaviours.ts'
import { createFieldReader } from './field-reader.ts'
import type { FieldError, FieldReader } from './field-reader.ts'

const serverErrors = [500, 502, 503] as const
const callbackStatuses = [
  'queued',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
] as const
/** Every behaviour there is. */
export const behaviourKinds = [
  ...callFaults,
  'slow',
  ...fates,
  'lost-callbacks',
  'double',
  'reorder',
  'wrong-signature',
  'late',
  'early-callbacks',
  'lagging-list',
] as const satisfies readonly Behaviour['kind'][]

/** Outcome of reading a behaviour that came as JSON: all that is wrong with it, or the behaviour. */
type ReadBehaviour = { kind: 'good'; behaviour: Behaviour } | { kind: 'bad'; errors: FieldError[] }

/** Reads `{"kind": "server-error", "http_status": 503, "before": "accepting", "times": 2}`. */
export function readBehaviour(json: unknown): ReadBehaviour {
  const fields = createFieldReader(json)
  const behaviour = read(fields)
  const errors = fields.errors()
  return errors.length > 0 || !behaviour ? { kind: 'bad', errors } : { kind: 'good', behaviour }
}

function read(fields: FieldReader): Behaviour | undefined {
  const kind = fields.choice('kind', behaviourKinds)
  if (kind === undefined) {
    fields.fail('kind', `has to be one of ${behaviourKinds.join(', ')}`)
    return undefined
  }
  const code = () => fields.needed('code', fields.number('code', 1, 99_999)) ?? 0
  const ms = () => fields.needed('ms', fields.number('ms', 0, 86_400_000 * 365)) ?? 0
  switch (kind) {
    case 'refuse':
      return { kind, code: code(), httpStatus: httpStatus(fields), ...callScope(fields) }
    case 'busy': {
      const retryAfterSeconds = fields.number('retry_after_seconds', 0, 86_400)
      return { kind, retryAfterSeconds, ...callScope(fields) }
    }
    case 'server-error': {
      const status = fields.choice('http_status', serverErrors)
      return { kind, httpStatus: status, ...moment(fields), ...callScope(fields) }
    }
    case 'hang-up': {
      const by = fields.choice('by', ['close', 'reset'])
      return { kind, by, ...moment(fields), ...callScope(fields) }
    }
    case 'html':
      return { kind, httpStatus: httpStatus(fields), ...moment(fields), ...callScope(fields) }
    case 'cut-body':
    case 'no-sid':
      return { kind, ...callScope(fields) }
    case 'wrong-length':
      return { kind, bytes: fields.number('bytes', -10_000, 10_000), ...callScope(fields) }
    case 'late-accept':
      return { kind, ms: ms(), ...callScope(fields) }
    case 'slow':
      return { kind, ms: ms(), ...moment(fields), ...callScope(fields) }
    case 'undelivered':
    case 'failed':
      return { kind, code: code(), ...scope(fields) }
    case 'stay-sent':
    case 'reorder':
    case 'wrong-signature':
    case 'early-callbacks':
      return { kind, ...scope(fields) }
    case 'lost-callbacks':
      return { kind, status: fields.choice('status', callbackStatuses), ...scope(fields) }
    case 'double':
      return { kind, copies: fields.number('copies', 1, 100), ...scope(fields) }
    case 'late':
    case 'lagging-list':
      return { kind, ms: ms(), ...scope(fields) }
  }
}

function httpStatus(fields: FieldReader): number | undefined {
  return fields.number('http_status', 200, 599)
}

function moment(fields: FieldReader): Moment {
  const before = fields.choice('before', ['accepting'])
  const after = fields.choice('after', ['accepting'])
  if ((before === undefined) === (after === undefined))
    fields.fail('before', 'or after is needed, not both: "accepting"')
  return after === undefined ? { before: 'accepting' } : { after }
}

function scope(fields: FieldReader): Scope {
  return {
    times: fields.wordOrCount('times', 'always'),
    to: fields.text('to'),
    probability: fields.number('probability', 0, 1, 'fraction'),
  }
}

function callScope(fields: FieldReader): CallScope {
  return { ...scope(fields), operation: fields.choice('operation', [...operations, 'any']) }
}
