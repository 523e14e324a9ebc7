// The app's own worker, as it is installed: messages come in by `app.messages.send`, and leave by the
// worker in the background, with its default settings or (second argument) with so many calls at the
// same time. Per message it writes two changes of status (SENDING before the call, ACCEPTED with the
// carrier's id after it) and an event for each, in tables that keep both; meanwhile it also looks after
// stale, doubtful and silent messages.
import { createTwilioApp } from '../../apps/twilio/src/index.ts'
import { benchAccount, benchPublicUrl, benchToken } from '../callback.ts'
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, settingOf } from '../place.ts'
import { inPortions, textOf } from '../text.ts'
import { countWaiting } from './waiting.ts'

const place = givenPlace()
const concurrency = process.argv[3] === undefined ? undefined : Number(process.argv[3])
const carrier = createStubCarrier()
function openApp(worker: 'manual' | 'background') {
  const config = {
    twilio: { accountSid: benchAccount, authToken: benchToken, defaultFrom: '+15005550006' },
    publicUrl: benchPublicUrl,
    database: settingOf(place),
    worker,
    delivery: concurrency === undefined ? {} : { concurrency },
  }
  return createTwilioApp(config, { provider: carrier.provider })
}

await answerCommands(
  {},
  {
    async enqueue(count) {
      const app = openApp('manual')
      await app.start()
      await inPortions(count, async (first, end) => {
        const sends = Array.from({ length: end - first }, (_, i) =>
          app.messages.send(textOf(first + i)),
        )
        const bad = (await Promise.all(sends)).find((result) => result.kind !== 'accepted')
        if (bad) throw new Error(`not accepted: ${bad.kind}`)
      })
      await app.stop()
    },
    async deliver(count) {
      const app = openApp('background')
      const taken = carrier.takes(count)
      await app.start()
      await taken
      // Writes what is still to be written.
      await app.stop()
    },
    left: async () => ({ left: await countWaiting(place) }),
  },
)
