import { refuse } from './answers.ts'
import type { Answer } from './answers.ts'
import { callFaults } from './behaviours.ts'
import type { Behaviours, CallFault } from './behaviours.ts'
import type { Route } from './call.ts'
import type { Clock } from './clock.ts'
import { replyOf } from './reply.ts'
import type { Reply } from './reply.ts'

const hangUp: Reply = { kind: 'hang-up', by: 'close' }

/** Carries out a call, disturbed as the behaviours say. */
export async function runDisturbed(
  route: Route,
  behaviours: Behaviours,
  clock: Clock,
  headers: Record<string, string>,
): Promise<Reply> {
  const { operation, to } = route
  const slow = behaviours.take(['slow'], operation, to)
  const fault = behaviours.take(callFaults, operation, to)
  if (slow?.before && (await clock.sleep(slow.ms)) === 'called-off') return hangUp
  const reply = fault
    ? await strike(fault, route, clock, headers)
    : replyOf(await route.run(), headers)
  if (slow?.after && (await clock.sleep(slow.ms)) === 'called-off') return hangUp
  return reply
}

async function strike(
  fault: CallFault,
  route: Route,
  clock: Clock,
  headers: Record<string, string>,
): Promise<Reply> {
  switch (fault.kind) {
    case 'refuse':
      return replyOf(refuse(fault.code, undefined, fault.httpStatus), headers)
    case 'busy': {
      const retryAfter = { 'retry-after': String(fault.retryAfterSeconds ?? 1) }
      return replyOf({ ...refuse(20429), headers: retryAfter }, headers)
    }
    case 'server-error':
      if (fault.after) await route.run()
      return serverError(fault.httpStatus ?? 500, headers)
    case 'hang-up':
      if (fault.after) await route.run()
      return { kind: 'hang-up', by: fault.by ?? 'close' }
    case 'html':
      if (fault.after) await route.run()
      return webPage(fault.httpStatus ?? 200, headers)
    case 'late-accept':
      clock.after(fault.ms, async () => {
        await route.run()
      })
      return hangUp
    case 'no-sid':
      return replyOf(withoutSid(await route.run()), headers)
    case 'cut-body':
    case 'wrong-length':
      return misleading(fault, replyOf(await route.run(), headers))
  }
}

/** 502 comes from something in front of Twilio's API, so it is no JSON. */
function serverError(status: 500 | 502 | 503, headers: Record<string, string>): Reply {
  if (status === 502) return webPage(502, headers)
  return replyOf(refuse(status === 500 ? 20500 : 20503), headers)
}

function webPage(status: number, headers: Record<string, string>): Reply {
  return {
    kind: 'answer',
    status,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
    body: '<!doctype html><title>Please wait</title><h1>Something is in the way</h1>',
  }
}

function withoutSid(answer: Answer): Answer {
  if (!answer.body) return answer
  const body = Object.entries(answer.body).filter(([key]) => key !== 'sid')
  return { ...answer, body: Object.fromEntries(body) }
}

function misleading(
  fault: Extract<CallFault, { kind: 'cut-body' | 'wrong-length' }>,
  reply: Reply,
): Reply {
  if (reply.kind !== 'answer') return reply
  const length = new TextEncoder().encode(reply.body).length
  const off = fault.kind === 'cut-body' ? 0 : (fault.bytes ?? 10)
  return {
    ...reply,
    headers: { ...reply.headers, 'content-length': String(Math.max(0, length + off)) },
    sentBytes: fault.kind === 'cut-body' ? Math.floor(length / 2) : length,
  }
}
