import 'reflect-metadata'
import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { MessagesService, TwilioModule, TwilioService } from '@hsb/twilio/nest'
import type { INestApplication, Type } from '@nestjs/common'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import {
  createObservedApp,
  observedConfig,
  postCallback,
} from '../../apps/twilio/test/hosts/observed-app.ts'

// Decorators are called here: Node runs these files as they are.
function moduleOf(metadata: Parameters<typeof Module>[0]): Type {
  const made = class {}
  Module(metadata)(made)
  return made
}

async function listen(t: TestContext, app: INestApplication): Promise<number> {
  await app.listen(0, '127.0.0.1')
  t.after(() => app.close())
  const address = app.getHttpServer().address() as AddressInfo
  return address.port
}

const quiet = { logger: false as const }

describe('the app mounted in NestJS', () => {
  for (const [name, createAdapter] of [
    ['Express', () => new ExpressAdapter()],
    ['Fastify', () => new FastifyAdapter()],
  ] as const) {
    it(`starts, serves and stops with Nest on ${name}, with settings that are made later`, async () => {
      const { config, said } = observedConfig()
      const settings = moduleOf({
        providers: [{ provide: 'config', useValue: config }],
        exports: ['config'],
      })
      const root = moduleOf({
        imports: [
          TwilioModule.forRootAsync({
            imports: [settings],
            inject: ['config'],
            useFactory: async (given: typeof config) => given,
          }),
        ],
      })
      const app = await NestFactory.create(root, createAdapter(), quiet)
      await app.listen(0, '127.0.0.1')
      const { port } = app.getHttpServer().address() as AddressInfo
      assert.equal(await postCallback(port), 204)
      const ready = await fetch(`http://127.0.0.1:${port}/sms/readyz`)
      assert.equal(((await ready.json()) as { ready: boolean }).ready, true)
      const sent = await app.get(MessagesService).send({ toPhone: '+14155552671', message: 'Hi' })
      assert.equal(sent.kind, 'accepted')
      assert.deepEqual(said, [])
      const { app: sms } = app.get(TwilioService)
      await app.close()
      await assert.rejects(sms.messages.get('019ab5c0-0000-7000-8000-000000000001'))
    })
  }

  it('works in a context without HTTP', async () => {
    const { config } = observedConfig()
    const root = moduleOf({ imports: [TwilioModule.forRoot(config)] })
    const context = await NestFactory.createApplicationContext(root, quiet)
    const sent = await context.get(MessagesService).send({ toPhone: '+14155552671', message: 'Hi' })
    assert.equal(sent.kind, 'accepted')
    await context.close()
  })

  for (const rawBody of [false, true]) {
    it(`takes callbacks in a middleware of a module, rawBody: ${rawBody}`, async (t) => {
      const { sms, said } = createObservedApp(t)
      const root = moduleOf({})
      Object.assign(root.prototype, {
        configure: (consumer: { apply(one: unknown): { forRoutes(path: string): void } }) =>
          consumer.apply(sms.node).forRoutes('*path'),
      })
      const app = await NestFactory.create(root, { ...quiet, rawBody })
      const port = await listen(t, app)
      assert.equal(await postCallback(port), 204)
      assert.deepEqual(
        said.map((one) => one.event),
        rawBody ? [] : ['bytes-not-original'],
      )
      if (!rawBody) assert.match(said[0]?.message ?? '', /TwilioModule .*rawBody: true/)
    })
  }
})
