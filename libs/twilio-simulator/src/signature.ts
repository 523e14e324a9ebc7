import { createHmac } from 'node:crypto'

/**
 * X-Twilio-Signature of a form: the URL, then every name with its values, names in code-unit order
 * (https://www.twilio.com/docs/usage/webhooks/webhooks-security). A name that comes several times
 * has its values de-duplicated and sorted.
 */
export function signForm(authToken: string, url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].toSorted()
  const signed = names.map((name) =>
    [...new Set(form.getAll(name))]
      .toSorted()
      .map((value) => name + value)
      .join(''),
  )
  return createHmac('sha1', authToken)
    .update(url + signed.join(''))
    .digest('base64')
}
