import type { TwilioApp } from '../app.ts'

/** One handler of a `route.ts` in Next's app directory. */
export type NextRoute = (request: Request) => Promise<Response>

/** What a `route.ts` exports. */
export type NextRoutes = Record<
  'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  NextRoute
>

/**
 * The handlers of a catch-all route: `export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } =
 * twilioRoutes(sms)` in `app/sms/[[...path]]/route.ts`. Next must not redirect Twilio: set
 * `skipTrailingSlashRedirect` in `next.config.ts`.
 */
export function twilioRoutes(sms: () => TwilioApp): NextRoutes {
  const route: NextRoute = (request) => sms().fetch(request)
  return {
    GET: route,
    HEAD: route,
    OPTIONS: route,
    POST: route,
    PUT: route,
    PATCH: route,
    DELETE: route,
  }
}

// By this name every copy of this module finds the one app: Next bundles routes, pages and
// instrumentation apart, and loads them anew while one develops.
const kept = Symbol.for('@hsb/twilio/next')

/**
 * Makes the app when it is first needed and once a process: `next build` imports every route without
 * your settings, and Next runs several copies of a module. `name` tells several apps apart.
 */
export function keepTwilioApp(create: () => TwilioApp, name = 'sms'): () => TwilioApp {
  return () => {
    const place: { [kept]?: Map<string, TwilioApp> } & typeof globalThis = globalThis
    const apps = (place[kept] ??= new Map())
    const app = apps.get(name) ?? create()
    apps.set(name, app)
    return app
  }
}
