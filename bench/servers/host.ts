// An Express server with a route of its own; as second argument `mounted`, our app stands before it.
import { createServer } from 'node:http'
import express from 'express'
import { createTwilioApp } from '../../apps/twilio/src/index.ts'
import { benchAccount, benchToken } from '../callback.ts'
import { answerCommands, listen } from '../commands.ts'
import { givenPlace, settingOf } from '../place.ts'

const host = express()
if (process.argv[3] === 'mounted') {
  const sms = createTwilioApp({
    twilio: { accountSid: benchAccount, authToken: benchToken, defaultFrom: '+15005550006' },
    publicUrl: 'https://shop.example.com/sms',
    database: settingOf(givenPlace()),
  })
  await sms.start()
  host.use(sms.node)
}
host.use(express.json())
host.post('/theirs', ({ body }, response) => {
  const { message } = body as { message: string }
  response.json({ got: message })
})
await answerCommands({ port: await listen(createServer(host)) }, {})
