import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../child-environment.ts'
import { eventPatterns } from '../../src/domain/host-event.ts'
import { openPostgres } from '../../src/storage/engines/postgres.ts'
import { createTestApp } from '../app.ts'
import { createFolder } from '../cli/program.ts'
import { createTestClock } from '../clock.ts'
import { freePort } from '../free-port.ts'
import { operate } from '../partitions/partitioned.ts'
import { startPostgres } from '../postgres/server.ts'
import { insertMessages, openFor, sampleEvent, sampleMessage } from '../storage/samples.ts'
import { blockOf, codeOf, readDocument, rowsOf } from './markdown.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const page = readDocument('docs/events.md')
const postgres = await startPostgres()
const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long'.slice(0, 32)).toString('base64')}`

describe('docs/events.md', () => {
  it('names every event, and no other one', () => {
    const listed = rowsOf(page).flatMap(([names = '']) => names.split(', ').map(codeOf))
    const names = eventPatterns.filter((pattern) => !pattern.endsWith('*'))
    assert.deepEqual(new Set(listed), new Set(names))
    assert.equal(listed.length, names.length)
  })

  it('names settings that there are', () => {
    const settings = rowsOf(readDocument('docs/settings.md')).map(([name = '']) => codeOf(name))
    for (const [, name = ''] of page.matchAll(/`((?:events|webhooks|retention)\.\w+)`/g))
      assert.ok(settings.includes(name), name)
  })

  it('shows a receiver that believes our webhooks, and nobody else', async (t) => {
    const folder = await createFolder(t)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const port = await freePort()
    const program = join(folder, 'receiver.ts')
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(program, blockOf(page, 'receiver').replace('3000', String(port)))
    const child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...childEnvironment, WEBHOOK_SECRET: secret, NODE_NO_WARNINGS: '1' },
    })
    const exit = once(child, 'exit')
    t.after(async () => {
      child.kill()
      await exit
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    assert.equal((await lines.next()).value, 'listening')
    const url = `http://127.0.0.1:${port}/`
    const test = await createTestApp(t, {
      // The library asks the clock of the machine.
      clock: createTestClock(Date.now()),
      config: {
        webhooks: { allowLoopback: true, endpoints: [{ id: 'page', url, secrets: [secret] }] },
      },
    })
    await test.app.messages.send({ toPhone: '+14155552671', message: 'Hello' })
    await test.app.runDue()
    assert.equal((await lines.next()).value, 'message.accepted')
    assert.equal((await test.app.webhooks.attempts())[0]?.statusCode, 204)
    const forged = await fetch(url, { method: 'POST', body: '{"type":"message.delivered"}' })
    assert.equal(forged.status, 401)
  })

  it('shows how events go on in a database that was moved to another server', async (t) => {
    const place = postgres.newPlace()
    const store = await openFor(t, async () => openPostgres(place))
    await insertMessages(store, sampleMessage({ id: 'm1', status: 'SENT', nextAt: undefined }))
    const test = await createTestApp(t, { config: { database: place } })
    const types: string[] = []
    test.app.on('message.*', ({ type }) => types.push(type))
    await test.app.runDue()
    await store.events.append([sampleEvent({})])
    await test.app.runDue()
    await store.events.append([sampleEvent({ status: 'DELIVERED' })])
    // As if all of it had been written by a server that was far ahead of this one.
    const far = '900000000000'
    await operate(
      place,
      `update sms_event set tx = '${far}'`,
      `update sms_cursor set position = regexp_replace(position, '"tx":"\\d+"', '"tx":"${far}"', 'g')`,
    )
    await test.stop()

    const moved = await createTestApp(t, { config: { database: place } })
    moved.app.on('message.*', ({ type }) => types.push(type))
    await moved.app.runDue()
    assert.deepEqual(types, ['message.sent'])
    assert.ok(moved.logs.some(({ fields }) => fields['event'] === 'events-ahead'))
    await operate(place, ...blockOf(page, 'restored').split(';'))
    await moved.app.runDue()
    await store.events.append([sampleEvent({ status: 'READ' })])
    await moved.app.runDue()
    assert.deepEqual(types, ['message.sent', 'message.delivered', 'message.read'])
  })
})
