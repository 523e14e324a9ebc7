import ipaddr from 'ipaddr.js'
import type { Settings } from '../../config.ts'
import { callbackPath } from '../../provider/twilio-callbacks.ts'
import { call, type HttpAnswer, NoAnswerError } from '../http-call.ts'
import { bad, type Finding, good, warning } from './finding.ts'

/** Whether Twilio's callbacks can find the app at `publicUrl`. Asks only what strangers may ask. */
export async function checkWebhook(settings: Settings): Promise<Finding[]> {
  const { publicUrl } = settings
  const isSimulated = settings.twilio.baseUrl !== undefined
  return [...(isSimulated ? [] : reachOf(publicUrl)), await checkAnswers(publicUrl)]
}

/** What the address itself says. */
function reachOf(publicUrl: string): Finding[] {
  const { protocol, hostname } = new URL(publicUrl)
  if (isPrivate(hostname)) {
    return [
      bad(
        'public-url',
        `Twilio cannot reach ${hostname}`,
        'publicUrl must be the address under which the internet finds this app',
      ),
    ]
  }
  if (protocol === 'https:') return []
  return [
    warning('public-url', 'is not HTTPS', 'numbers travel in clear, and Twilio advises against it'),
  ]
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host)) return ipaddr.process(host).range() !== 'unicast'
  return host === 'localhost' || /\.(local|localhost|internal|test|invalid)$/.test(host)
}

/** An answer at an address; redirects are answers and are not followed. */
type Looked = ({ kind: 'answered' } & HttpAnswer) | { kind: 'silent'; reason: string }

async function look(url: string): Promise<Looked> {
  try {
    return { kind: 'answered', ...(await call(url)) }
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error
    return { kind: 'silent', reason: error.reason }
  }
}

async function checkAnswers(publicUrl: string): Promise<Finding> {
  const probe = `${publicUrl}/livez`
  const live = await look(probe)
  if (live.kind === 'silent') return silent(probe, live.reason)
  const redirect = redirectOf(probe, live, publicUrl)
  if (redirect) return redirect
  if (live.status !== 200 || !live.text.includes('"status":"ok"')) {
    return bad(
      'webhook',
      `${probe} answered ${live.status}, and not as this app does`,
      'see that the app runs, is mounted at the prefix of publicUrl, and is what the proxy leads to',
    )
  }
  // The address takes POST alone: that it says so shows that callbacks get here. It is not posted to,
  // as an unsigned callback would stand in the log as refused.
  const hook = `${publicUrl}${callbackPath}/`
  const answer = await look(hook)
  if (answer.kind === 'silent') return silent(hook, answer.reason)
  const moved = redirectOf(hook, answer, publicUrl)
  if (moved) return moved
  if (answer.status === 405) return good('webhook', `${hook} answers`)
  return bad(
    'webhook',
    `${hook} answered ${answer.status}`,
    'let the proxy pass this path on unchanged',
  )
}

function redirectOf(
  asked: string,
  { status, location }: HttpAnswer,
  publicUrl: string,
): Finding | undefined {
  if (status < 300 || status > 399) return undefined
  const tail = asked.slice(publicUrl.length)
  const target = URL.parse(location ?? '', asked)?.href
  const advice =
    target?.endsWith(tail) === true
      ? `Twilio signs the first address; set publicUrl to ${target.slice(0, -tail.length)}`
      : `Twilio signs the first address; let it answer itself instead of leading to ${target ?? 'nowhere'}`
  return bad('webhook', `${asked} answered ${status}`, advice)
}

function silent(url: string, reason: string): Finding {
  const isCertificate = /CERT|TLS|SSL|SIGNATURE/.test(reason)
  return bad(
    'webhook',
    `${url} does not answer (${reason})`,
    isCertificate
      ? 'Twilio refuses such a certificate too: renew it, with its whole chain'
      : 'start the app, and see that name, proxy and firewall lead to it',
  )
}
