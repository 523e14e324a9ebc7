// The app as `serve` runs it over a stub of the carrier. Without its worker, where what is measured is
// accepting; with it (second argument `background`) it tells when the carrier was called for what.
import { createServer } from 'node:http'
import { createTwilioApp } from '../../apps/twilio/src/index.ts'
import { benchAccount, benchPublicUrl, benchToken } from '../callback.ts'
import { createStubCarrier } from '../carrier.ts'
import { answerCommands, listen } from '../commands.ts'
import { givenPlace, settingOf } from '../place.ts'

const isBackground = process.argv[3] === 'background'
/** By message, on a clock that all processes of the machine share. */
const calledAt: Record<string, number> = {}
const carrier = createStubCarrier((id) => {
  if (isBackground) calledAt[id] = Number(process.hrtime.bigint())
})
const config = {
  twilio: { accountSid: benchAccount, authToken: benchToken, defaultFrom: '+15005550006' },
  publicUrl: benchPublicUrl,
  database: settingOf(givenPlace()),
  worker: isBackground ? ('background' as const) : ('manual' as const),
}
// Callbacks need the real provider, calls the stub.
const app = createTwilioApp(config, isBackground ? { provider: carrier.provider } : {})
await app.start()
const { key } = await app.apiKeys.create({ name: 'bench', scopes: ['send', 'read'] })
const port = await listen(createServer(app.node))
await answerCommands({ port, key }, { calls: async () => calledAt })
