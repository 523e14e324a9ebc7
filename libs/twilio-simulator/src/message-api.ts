import type { Answer } from './answers.ts'
import { created, noContent, notFound, ok, refuse } from './answers.ts'
import { matchPath, plainRoute } from './call.ts'
import type { Call, Route } from './call.ts'
import type { Clock } from './clock.ts'
import { rfc2822 } from './dates.ts'
import { checkMessage } from './message-checks.ts'
import { filterMessages } from './message-list.ts'
import { showMessage } from './message-shape.ts'
import { inProgress } from './message.ts'
import type { Message } from './message.ts'
import type { Messages } from './messages.ts'
import type { OptOuts } from './opt-outs.ts'
import type { Settings } from './settings.ts'
import { cutPage } from './paging.ts'

interface MessageTools {
  settings: Settings
  clock: Clock
  messages: Messages
  optOuts: OptOuts
}

/** The message calls of the 2010 API, or undefined when the path is another one. */
export function routeMessages(call: Call, tools: MessageTools): Route | undefined {
  const { messages } = tools
  const root = '/2010-04-01/Accounts/:account/Messages'
  if (matchPath(`${root}.json`, call.path)) {
    const to = call.form.get('To') ?? call.query.get('To') ?? undefined
    if (call.method === 'POST')
      return { operation: 'messages.create', to, run: async () => create(call, tools) }
    if (call.method === 'GET')
      return { operation: 'messages.list', to, run: () => list(call, tools) }
    return methodNotAllowed
  }
  const [, sid] = matchPath(`${root}/:sid.json`, call.path) ?? []
  const [, parentSid] = matchPath(`${root}/:sid/Feedback.json`, call.path) ?? []
  const [, mediaOf] = matchPath(`${root}/:sid/Media.json`, call.path) ?? []
  const wanted = sid ?? parentSid ?? mediaOf
  if (wanted === undefined) return undefined
  const message = messages.find(wanted)
  const to = message?.to
  const missing = notFound(call.path.replace('/2010-04-01', ''))
  if (sid !== undefined) {
    const show = (found: Message) => ok(showMessage(found, tools))
    if (call.method === 'GET')
      return { operation: 'messages.fetch', to, run: () => (message ? show(message) : missing) }
    if (call.method === 'DELETE')
      return { operation: 'messages.delete', to, run: () => (message ? remove(message) : missing) }
    if (call.method !== 'POST') return methodNotAllowed
    const run = async () => {
      if (!message) return missing
      return (await change(message, call, messages)) ?? show(message)
    }
    return { operation: 'messages.update', to, run }
  }
  if (!message) return plainRoute(() => missing)
  if (parentSid !== undefined && call.method === 'POST')
    return plainRoute(() => feedback(message, call, tools))
  if (mediaOf !== undefined && call.method === 'GET')
    return plainRoute(() => media(message, call, tools))
  return methodNotAllowed
}

const methodNotAllowed = plainRoute(() => refuse(20004))

async function create(call: Call, tools: MessageTools): Promise<Answer> {
  const { settings, clock, messages, optOuts } = tools
  const checked = checkMessage(call.form, settings, call.account, clock.now())
  if (checked.kind === 'refused') return checked.answer
  const { intent } = checked
  // The test account answers as if it took the message, and keeps nothing.
  if (call.account === 'test')
    return created(showMessage(messages.draft(intent), tools, settings.testAccountSid))
  if (optOuts.has(intent.to, intent.serviceSid ?? intent.from ?? '')) return refuse(21610)
  return created(showMessage(await messages.accept(intent), tools))
}

function list(call: Call, tools: MessageTools): Answer {
  const { settings, clock, messages } = tools
  const { unsentInDateFilters } = settings
  const found = filterMessages(messages.all(), call.query, clock.now(), unsentInDateFilters)
  if (found.kind === 'bad-filter') return refuse(20001, `${found.name} is not a date`)
  const page = cutPage(found.messages, call.path, call.query)
  if (page.kind === 'refused') return page.answer
  const shown = page.items.map((message) => showMessage(message, tools))
  return ok({ ...page.frame, messages: shown })
}

/** Redacts or cancels; answers only when that is refused. */
async function change(
  message: Message,
  { form }: Call,
  messages: Messages,
): Promise<Answer | undefined> {
  const status = form.get('Status')
  if (status !== null) {
    if (status !== 'canceled') return refuse(20001, "Status can only be 'canceled'")
    if (message.status !== 'scheduled') return refuse(30409)
    await messages.cancel(message)
  }
  const body = form.get('Body')
  if (body === null) return undefined
  if (body !== '') return refuse(20001, 'Body can only be emptied')
  if (inProgress(message)) return refuse(20009)
  message.body = ''
  return undefined
}

function remove(message: Message): Answer {
  if (inProgress(message)) return refuse(20009)
  message.deleted = true
  return noContent
}

function feedback(
  message: Message,
  { form, path }: Call,
  { settings, clock }: MessageTools,
): Answer {
  const outcome = form.get('Outcome') ?? 'confirmed'
  if (outcome !== 'confirmed' && outcome !== 'unconfirmed')
    return refuse(20001, "Outcome is 'confirmed' or 'unconfirmed'")
  return ok({
    account_sid: settings.accountSid,
    date_created: rfc2822(clock.now()),
    date_updated: rfc2822(clock.now()),
    message_sid: message.sid,
    outcome,
    uri: path,
  })
}

function media(message: Message, call: Call, { settings }: MessageTools): Answer {
  const items = message.mediaUrls.map((_, index) => {
    // The same media has the same SID at every call.
    const sid = `ME${message.sid.slice(2, 32)}${index.toString(16).padStart(2, '0')}`
    return {
      account_sid: settings.accountSid,
      content_type: 'image/jpeg',
      date_created: rfc2822(message.createdAt),
      date_updated: rfc2822(message.createdAt),
      parent_sid: message.sid,
      sid,
      uri: call.path.replace('.json', `/${sid}.json`),
    }
  })
  const page = cutPage(items, call.path, call.query)
  return page.kind === 'refused' ? page.answer : ok({ ...page.frame, media_list: page.items })
}
