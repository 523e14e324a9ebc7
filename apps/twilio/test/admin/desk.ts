import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Role } from '../../src/domain/role.ts'
import { createTestApp, publicUrl, type Reply, type TestApp, type TestOptions } from '../app.ts'

export const password = 'a staple of correct horses'

/** Somebody in a browser at the admin pages. */
export interface Visitor {
  csrf: string
  cookie: string
  /** As a page of ours would ask, unless `headers` says otherwise. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>
}

/** An app with accounts of every role. */
export async function createDesk(t: TestContext, options: TestOptions = {}): Promise<TestApp> {
  const test = await createTestApp(t, options)
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    const result = await test.app.admins.add({ name: role, password, role })
    assert.equal(result.kind, 'done')
  }
  return test
}

const ours = { authorization: '', origin: publicUrl, 'sec-fetch-site': 'same-origin' }

/** Signs somebody of this role in. */
export async function visit(test: TestApp, role: Role): Promise<Visitor> {
  const reply = await signIn(test, { name: role, password })
  assert.equal(reply.status, 200, reply.text)
  const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';')
  const csrf = String(reply.body['csrf_token'])
  return {
    csrf,
    cookie,
    ask: (method, path, body, headers) =>
      test.request(method, `/admin/api/${path}`, body, {
        ...ours,
        cookie,
        'x-csrf-token': csrf,
        ...headers,
      }),
  }
}

/** A try to sign in. */
export function signIn(
  test: TestApp,
  body: { name: string; password: string },
  headers: Record<string, string> = {},
): Promise<Reply> {
  return test.request('POST', '/admin/api/session/', body, { ...ours, ...headers })
}
