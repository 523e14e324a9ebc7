// What to change where a body did not come as it was sent: told in the log, by the host that it is about.

/** Express, and Nest on it. */
export const expressRemedy =
  'Express: put app.use(sms.node) before express.json() and express.urlencoded(), or have them keep the bytes: express.urlencoded({ verify: (request, response, bytes) => { request.rawBody = bytes } }). NestJS: import TwilioModule of @hsb/twilio/nest in place of mounting sms.node, or create the app with { rawBody: true }'

/** Whatever else hands over requests of Node. */
export const nodeRemedy =
  'Fastify: app.register(sms.fastify) in place of handing request.raw to sms.node. NestJS: import TwilioModule of @hsb/twilio/nest. Elsewhere: call sms.node before anything reads the request, or keep the bytes in request.rawBody'

/** Hono, Bun, Deno. */
export const fetchRemedy =
  'Hono: put app.all("/sms/*", (c) => sms.fetch(c.req.raw)) before the middleware that calls c.req.parseBody(), json() or text(). Elsewhere: hand the request to sms.fetch before its body is read, or read a request.clone()'

/** Next.js. */
export const nextRemedy =
  'Next.js: let the route be export const { GET, POST, … } = twilioRoutes(sms), and read a request.clone() in proxy.ts and wrappers, never the request itself'
