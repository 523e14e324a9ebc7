/** What a call is answered with, before any fault. `body` is undefined for a 204. */
export interface Answer {
  status: number
  body: Record<string, unknown> | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

export const ok = (body: Record<string, unknown>): Answer => ({ status: 200, body })
export const created = (body: Record<string, unknown>): Answer => ({ status: 201, body })
export const noContent: Answer = { status: 204, body: undefined }

/** HTTP status and words of the refusals; a code that is not listed is a 400. */
const refusals: Record<number, { status?: number; message: string }> = {
  20001: { message: 'A parameter could not be parsed' },
  20003: { status: 401, message: 'Authenticate' },
  20004: { status: 405, message: 'Method not allowed' },
  20008: { status: 403, message: 'Resource not accessible with Test Account Credentials' },
  20009: { status: 409, message: 'Cannot redact or delete a message that is still in progress' },
  20403: { status: 403, message: 'Account has no access' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too many requests' },
  20500: { status: 500, message: 'An internal server error has occurred' },
  20502: { status: 502, message: 'Bad gateway' },
  20503: { status: 503, message: 'Service unavailable' },
  21211: { message: "The 'To' number is not a valid phone number" },
  21212: { message: "The 'From' number is not a valid phone number, short code or sender ID" },
  21265: { message: "The 'To' number cannot be a short code" },
  21266: { message: "'To' and 'From' number cannot be the same" },
  21408: {
    message: 'Permission to send an SMS has not been enabled for the region of the To number',
  },
  21603: { message: "A 'From' phone number is required" },
  21604: { message: "A 'To' phone number is required" },
  21606: { message: "The 'From' number cannot send to this destination" },
  21608: { message: 'The number is unverified; trial accounts send to verified numbers only' },
  21609: { message: "The 'StatusCallback' URL is not valid" },
  21610: { message: 'Attempt to send to unsubscribed recipient' },
  21611: { status: 429, message: "The queue of this 'From' number is full" },
  21612: { message: "The combination of 'To' and 'From' cannot be routed" },
  21614: { message: "The 'To' number is not a valid mobile number" },
  21617: { message: 'The concatenated message body exceeds the 1600 character limit' },
  21619: { message: 'A text message body, media URL or ContentSid must be specified' },
  21620: { message: 'Invalid media URL' },
  21623: { message: 'Too many media URLs; ten is the maximum' },
  21655: { message: 'The ContentSid is invalid' },
  21656: { message: 'The ContentVariables parameter is invalid' },
  21704: { message: 'The Messaging Service contains no phone numbers' },
  21705: { message: 'The Messaging Service SID is invalid' },
  21711: { message: "The 'From' number is not in the sender pool of the Messaging Service" },
  21730: { status: 503, message: 'Scheduled maintenance' },
  21910: { message: "'To' and 'From' have to be on the same channel" },
  30409: { status: 409, message: 'The message cannot be canceled' },
  35111: { message: "'SendAt' is missing" },
  35114: { message: "'SendAt' is not between 300 seconds and 35 days ahead" },
  35115: { message: "'SendAt' is not in the form YYYY-MM-DDTHH:MM:SSZ" },
  35118: { message: 'Scheduling a message needs a MessagingServiceSid' },
  35125: { status: 429, message: 'Too many scheduled messages' },
  60200: { message: 'Invalid parameter' },
  60202: { status: 429, message: 'Max check attempts reached' },
  60203: { status: 429, message: 'Max send attempts reached' },
  60204: { message: 'Service does not support this feature' },
  60205: { status: 403, message: 'SMS is not supported by landline phone number' },
  60212: { status: 429, message: 'Too many concurrent requests for phone number' },
  60220: { status: 403, message: 'Use case vetting is required for this destination' },
  60221: { message: "Either 'To' or 'VerificationSid' is required" },
  60238: { status: 403, message: 'Verification creation blocked' },
  60410: { status: 403, message: 'Verification delivery blocked; prefix temporarily blocked' },
  60413: { status: 403, message: 'Verification blocked: high risk' },
  60605: { status: 403, message: 'Verification delivery to this country is switched off' },
  63031: { message: "'To' and 'From' cannot be the same address" },
  63038: { status: 429, message: 'The account is over its daily message limit' },
  90007: { message: "'ValidityPeriod' has to be between 1 and 36000" },
}

/** An error as Twilio writes it; statuses and meanings: https://www.twilio.com/docs/api/errors. */
export function refuse(code: number, message?: string, status?: number): Answer {
  const known = refusals[code]
  const httpStatus = status ?? known?.status ?? 400
  const text = message ?? known?.message ?? `Error ${code}`
  const body = {
    code,
    message: text,
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status: httpStatus,
  }
  return {
    status: httpStatus,
    body:
      code === 20003 ? { ...body, detail: 'Your AccountSid or AuthToken was incorrect.' } : body,
  }
}

/** Verify's answer to a parameter it does not take. */
export function invalid(name: string): Answer {
  return refuse(60200, `Invalid parameter: ${name}`)
}

export function notFound(path: string): Answer {
  return refuse(20404, `The requested resource ${path} was not found`)
}
