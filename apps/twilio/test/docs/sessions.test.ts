import { describe, it } from 'node:test'
import { startDev } from '../cli/dev-server.ts'
import { blockOf, readDocument } from './markdown.ts'
import { runSession, stepsOf } from './session.ts'

const sessions = { session: 'README.md', idempotency: 'docs/sending.md' }

describe('the sessions of README and pages', () => {
  for (const [title, path] of Object.entries(sessions)) {
    it(`print what they are said to print: ${title} of ${path}`, async (t) => {
      const dev = await startDev(t)
      const { url, simulator_url: simulator, api_key: key } = dev.addresses

      /** A person takes longer to type than a text needs to arrive. */
      const untilDelivered = async (command: string) => {
        const path = /\/api\/sms\/[0-9a-f-]{36}\/status\//.exec(command)?.[0]
        if (path === undefined) return
        const isOurs = (status: unknown) => status === 'QUEUED' || status === 'SENDING'
        while (isOurs((await dev.api('GET', path)).body['status']));
        await dev.simulator('POST', 'clock', { advance_ms: 5_000 })
      }

      await runSession(stepsOf(blockOf(readDocument(path), title)), {
        given: {
          API: url,
          SIM: simulator,
          JSON: 'Content-Type: application/json',
          KEY: `Authorization: Bearer ${key}`,
        },
        before: untilDelivered,
      })
      await dev.stop()
    })
  }
})
