import assert from 'node:assert/strict'
import type { Host } from './host-program.ts'

const phone = '+14155552671'

/** A text goes out over the API and comes back as delivered, by callbacks over HTTP. */
export async function delivers(host: Host): Promise<void> {
  const sent = await host.api(
    'POST',
    '/sms/api/sms/send/',
    { to_phone: phone, message: 'Hello!' },
    { prefer: 'wait=20' },
  )
  assert.equal(sent.status, 201)
  await hasArrived(host, String(sent.body['id']))
}

/** The message is delivered once Twilio has reported it, and every report was taken. */
export async function hasArrived(host: Host, id: string): Promise<void> {
  const path = `/sms/api/sms/${id}/status/`
  const status = async () => (await host.api('GET', path)).body['status']
  while ((await status()) === 'QUEUED' || (await status()) === 'SENDING');
  // Every callback that falls due has been answered when this returns.
  await host.twilio.clock.advance(5_000)
  assert.equal(await status(), 'DELIVERED')
  assert.equal((await host.api('GET', path.slice(0, -1))).status, 200, 'without its last slash')
  const answers = host.twilio
    .requests()
    .flatMap((one) => (one.kind === 'callback' ? one.status : []))
  assert.deepEqual([...new Set(answers)], [204])
}

/** A phone is verified; the token of the approval comes back. */
export async function verifies(host: Host): Promise<string> {
  const started = await host.api('POST', '/sms/api/sms/verify/start/', { to_phone: phone })
  assert.equal(started.status, 202, started.text)
  let code: string | undefined
  // The worker sends it a moment later.
  while (code === undefined) {
    code = host.twilio.code(phone)
    await host.call('GET', '/sms/livez')
  }
  const body = { verification_id: started.body['verification_id'], code }
  const checked = await host.api('POST', '/sms/api/sms/verify/check/', body)
  assert.equal(checked.body['outcome'], 'approved', checked.text)
  return String(checked.body['token'])
}

/** Callers without a key and callbacks without a signature stay outside. */
export async function keepsStrangersOut(host: Host): Promise<void> {
  const body = { to_phone: phone, message: 'Hello!' }
  assert.equal((await host.call('POST', '/sms/api/sms/send/', body)).status, 401)
  const forged = await host.call('POST', '/sms/webhooks/sms/twilio/', 'MessageStatus=delivered', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  })
  assert.equal(forged.status, 403)
  assert.equal(forged.body['code'], 'invalid-signature')
}

/** Paths that are not ours are the host's, also those that do not exist. */
export async function leavesTheRestToTheHost(host: Host): Promise<void> {
  const elsewhere = await host.call('GET', '/elsewhere')
  assert.equal(elsewhere.status, 404)
  assert.equal(elsewhere.body['code'], undefined, 'the 404 is the host’s own')
  assert.equal((await host.call('GET', '/sms/livez')).text, '{"status":"ok"}')
  assert.equal((await host.call('GET', '/livez')).status, 404)
}
