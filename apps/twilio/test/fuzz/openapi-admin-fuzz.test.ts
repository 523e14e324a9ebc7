import assert from 'node:assert/strict'
import { adminEndpoints } from '../../src/routes/admin/index.ts'
import { type Bench, fuzz } from './fuzz.ts'
import { account } from './requests.ts'

/** Keys and opt-outs to be taken back, somebody who can sign in, and messages that are over. */
async function prepare({ test, known }: Bench): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const { id } = await test.app.apiKeys.create({ name: `program ${i}`, scopes: ['send'] })
    known.key.push(id)
    await test.app.optOuts.add(`+1415555${3600 + i}`, 'STOP')
  }
  const { body } = await test.request('GET', '/admin/api/opt-outs/')
  known.optOut.push(...(body['opt_outs'] as { key: string }[]).map(({ key }) => key))
  const added = await test.app.admins.add({ ...account, role: 'operator' })
  assert.equal(added.kind, 'done')
  await test.advance(60_000)
}

fuzz('a fuzz from the OpenAPI document of the admin pages', {
  document: '/admin/api/openapi.json',
  operations: Object.keys(adminEndpoints),
  requests: 60,
  scopes: ['admin'],
  prepare,
})
