import type { Provider, SendOutcome, SendRequest } from '../src/provider/provider.ts'

/** A carrier in this process that takes everything, for tests that need nothing but the calls. */
export function createStubProvider(
  send: (request: SendRequest) => Promise<SendOutcome>,
  known: (toPhone: string) => boolean = () => false,
): Provider {
  const unavailable = async () => ({ kind: 'unavailable', words: 'a stub' }) as const
  return {
    countSegments: () => 1,
    send,
    fetch: unavailable,
    fetchMany: unavailable,
    find: async ({ toPhone }) => ({
      kind: 'found',
      reports: known(toPhone) ? [reportOf(toPhone)] : [],
    }),
    readCallback: () => ({ kind: 'forged' }),
    readInbound: () => ({ kind: 'forged' }),
    redact: unavailable,
    startVerification: unavailable,
    checkVerification: unavailable,
    cancelVerification: async () => {},
    close: async () => {},
  }
}

/** What the carrier says of a text to this phone that it has taken. */
export function acceptedReport(toPhone: string): Extract<SendOutcome, { kind: 'accepted' }> {
  return { kind: 'accepted', report: reportOf(toPhone) }
}

function reportOf(toPhone: string) {
  return {
    providerMsgId: `SM${toPhone.slice(1).padStart(32, '0')}`,
    status: 'DELIVERED',
    words: 'delivered',
    fromPhone: undefined,
    errorCode: undefined,
    numSegments: 1,
    price: undefined,
    priceUnit: undefined,
  } as const
}
