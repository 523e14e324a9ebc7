import { routeAccount } from './account-api.ts'
import { createApi } from './api.ts'
import { createBehaviours } from './behaviours.ts'
import { createCallbacks } from './callbacks.ts'
import { createChanges } from './changes.ts'
import { createClock } from './clock.ts'
import { createControl } from './control.ts'
import { routeLookups } from './lookups.ts'
import { routeMessages } from './message-api.ts'
import { createMessages } from './messages.ts'
import { routeMessagingServices } from './messaging-services-api.ts'
import { createOptOuts } from './opt-outs.ts'
import { checkInboundUrl } from './options-check.ts'
import { readOptions } from './settings.ts'
import type { SimulatorOptions } from './options.ts'
import { createPhones } from './phones.ts'
import { toResponse } from './reply.ts'
import type { Reply } from './reply.ts'
import { createRequestLog } from './request-log.ts'
import { serve } from './server.ts'
import type { ListeningSimulator } from './server.ts'
import type { SimulatedVerification, Simulator } from './simulator.ts'
import { createDice } from './sids.ts'
import { routeVerifications } from './verification-api.ts'
import { createVerifications } from './verifications.ts'
import type { Verification, Verifications } from './verifications.ts'
import { createVerifyServices } from './verify-services.ts'
import { createWork } from './work.ts'

/** Makes a simulator; see the options for what can be set. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = readOptions(options)
  const work = createWork()
  const clock = createClock(settings.clock, settings.startAt, work)
  const dice = createDice(settings.random)
  const changes = createChanges()
  const behaviours = createBehaviours(dice, changes)
  const log = createRequestLog(settings.requestLogSize, changes)
  const callbacks = createCallbacks({ settings, clock, work, dice, log })
  const messages = createMessages({ settings, clock, dice, behaviours, callbacks, changes })
  const optOuts = createOptOuts()
  const phones = createPhones({ settings, messages, optOuts, callbacks })
  const services = createVerifyServices({ settings, clock, dice })
  const verifications = createVerifications({ clock, dice, messages })
  let resets = 0
  const servers = new Set<ListeningSimulator>()

  const api = createApi({
    settings,
    clock,
    dice,
    behaviours,
    log,
    routes: [
      (call) => routeMessages(call, { settings, clock, messages, optOuts }),
      (call) => routeVerifications(call, { settings, services, verifications }),
      (call) => routeLookups(call),
      (call) => routeAccount(call, { settings, clock }),
      (call) => routeMessagingServices(call, { settings, clock }),
    ],
  })
  const respond = async (request: Request): Promise<Reply> =>
    control(request) ?? work.run(async () => api(request))

  const simulator: Simulator = {
    accountSid: settings.accountSid,
    authToken: settings.authToken,
    apiKeys: settings.apiKeys,
    testAccountSid: settings.testAccountSid,
    testAuthToken: settings.testAuthToken,
    messagingServiceSid: settings.messagingServices[0]?.sid,
    verifyServiceSid: settings.verifyService.sid,
    fetch: async (request) => toResponse(await respond(request)),
    async listen(where = {}) {
      const { port = 0, host = '127.0.0.1' } = where
      const server = await serve(respond, { port, host })
      servers.add(server)
      return server
    },
    messages: (filter) => phones.texts(filter),
    phones: () => phones.list(),
    verifications: ({ to } = {}) =>
      verifications
        .all()
        .filter((one) => to === undefined || one.to === to)
        .map((one) => reveal(one, verifications)),
    code: (to) => phones.code(to),
    behave: (...added) => added.forEach((behaviour) => behaviours.add(behaviour)),
    behaviours: () => behaviours.list(),
    clearBehaviours: (which) => behaviours.clear(which),
    reply: async (reply) => phones.reply(reply),
    get inboundUrl() {
      return settings.inboundUrl
    },
    setInboundUrl(url) {
      checkInboundUrl(url, 'setInboundUrl')
      settings.inboundUrl = url
      changes.tell()
    },
    messagingServices: settings.messagingServices,
    clock: {
      kind: settings.clock,
      now: () => clock.now(),
      async advance(ms) {
        await clock.advance(ms)
        changes.tell()
      },
    },
    onChange: (listener) => changes.listen(listener),
    settled: async () => callbacks.settled(),
    requests: () => log.list(),
    waitFor: async (matches) => log.waitFor(matches),
    reset() {
      clock.clear()
      for (const store of [messages, verifications, optOuts, behaviours, log]) store.clear()
      services.reset()
      resets++
      changes.tell()
    },
    get run() {
      return `${settings.startAt.getTime()}-${resets}`
    },
    async close() {
      clock.stop()
      await Promise.all([...servers].map(async (server) => server.close()))
      servers.clear()
      await settings.poster.close()
    },
  }
  const control = createControl(simulator, settings)
  return simulator
}

function reveal(one: Verification, verifications: Verifications): SimulatedVerification {
  const { sid, serviceSid, to, channel, code, checks, createdAt, expiresAt } = one
  const status = verifications.statusOf(one)
  const sends = one.sends.length
  return { sid, serviceSid, to, channel, code, status, checks, sends, createdAt, expiresAt }
}
