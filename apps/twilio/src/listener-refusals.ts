import type { ServerResponse } from 'node:http'

// What is refused before a request has reached a route.
const problems = {
  'malformed-request': { status: 400, reason: 'Bad Request', title: 'This is not HTTP.' },
  'request-timeout': {
    status: 408,
    reason: 'Request Timeout',
    title: 'The request took too long to arrive.',
  },
  'headers-too-large': {
    status: 431,
    reason: 'Request Header Fields Too Large',
    title: 'The headers are more than 16 KiB or more than 100.',
  },
  starting: { status: 503, reason: 'Service Unavailable', title: 'The service is starting.' },
} as const

const refusals: Record<string, keyof typeof problems> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
}

function document(code: keyof typeof problems): string {
  const { status, title } = problems[code]
  return JSON.stringify({ type: `urn:hsb-twilio:problem:${code}`, title, status, code })
}

function headersOf(body: string): Record<string, string> {
  return {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
  }
}

/** Answers a request that was read. */
export function refuse(response: ServerResponse, code: keyof typeof problems): void {
  const body = document(code)
  const retry = code === 'starting' ? { 'retry-after': '1' } : {}
  response.writeHead(problems[code].status, { ...headersOf(body), ...retry }).end(body)
}

/** Answers what could not be read as a request, by the code of Node's error: the bytes of the answer. */
export function rawRefusal(errorCode: string | undefined): string {
  const code = refusals[errorCode ?? ''] ?? 'malformed-request'
  const body = document(code)
  const lines = Object.entries(headersOf(body)).map(([name, value]) => `${name}: ${value}`)
  const { status, reason } = problems[code]
  return [`HTTP/1.1 ${status} ${reason}`, ...lines, '', body].join('\r\n')
}
