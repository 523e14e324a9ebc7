// What each framework imports, from the packed package.
import 'reflect-metadata'
import { createTwilioApp, defineConfig } from '@hsb/twilio'
import { MessagesService, TwilioModule, TwilioService } from '@hsb/twilio/nest'
import { keepTwilioApp, twilioRoutes } from '@hsb/twilio/next'
import { NestFactory } from '@nestjs/core'
import Fastify from 'fastify'

const config = defineConfig({
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://shop.example.com/sms',
  database: ':memory:',
  worker: 'manual',
})
const app = Fastify()
app.register(createTwilioApp(config).fastify)
const live = await app.inject({ url: '/sms/livez' })

const sms = keepTwilioApp(() => createTwilioApp(config))
const { GET } = twilioRoutes(sms)
const routed = await GET(new Request('https://shop.example.com/sms/livez/'))

const module = TwilioModule.forRootAsync({ inject: [], useFactory: () => config })
const nest = await NestFactory.createApplicationContext(module, { logger: false })
const sent = await nest.get(MessagesService).send({ toPhone: '+14155552671', message: 'Hello' })
// @ts-expect-error the app is a member of the service
void nest.get(TwilioService).messages
console.log(live.statusCode, routed.status, sent.kind)
process.exit()
