import type { DynamicModule, FactoryProvider, ModuleMetadata } from '@nestjs/common'
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core'
import { createTwilioApp, type TwilioApp } from '../app.ts'
import type { TwilioConfig } from '../config.ts'
import { MessagesService, TwilioService, VerificationsService } from './nest-services.ts'

export { MessagesService, TwilioService, VerificationsService } from './nest-services.ts'

/** Where the settings come from: `useFactory` is called with what `inject` names. */
export type TwilioModuleOptions = Pick<ModuleMetadata, 'imports'> &
  Pick<FactoryProvider<TwilioConfig>, 'inject' | 'useFactory'>

/**
 * Serves the app in Nest 12, on Express or Fastify, and lets every module inject `MessagesService`,
 * `VerificationsService` and `TwilioService`. It starts and stops with Nest, which hears of SIGTERM
 * after `app.enableShutdownHooks()`.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest knows modules by their class
export class TwilioModule {
  static forRoot(config: TwilioConfig): DynamicModule {
    return TwilioModule.forRootAsync({ useFactory: () => config })
  }

  static forRootAsync({ imports, inject = [], useFactory }: TwilioModuleOptions): DynamicModule {
    const whole = {
      provide: TwilioService,
      inject: [HttpAdapterHost, ...inject],
      async useFactory(host: HttpAdapterHost, ...injected: unknown[]) {
        const app = createTwilioApp(await useFactory(...injected))
        // At once; in a testing module as soon as there is an adapter. Both are before the body parsers.
        host.init$.subscribe(() => mount(app, host.httpAdapter))
        return { app, onModuleInit: () => app.start(), onApplicationShutdown: () => app.stop() }
      },
    }
    return {
      module: TwilioModule,
      global: true,
      imports: imports ?? [],
      providers: [
        whole,
        part(MessagesService, (app) => app.messages),
        part(VerificationsService, (app) => app.verifications),
      ],
      exports: [TwilioService, MessagesService, VerificationsService],
    }
  }
}

function part(provide: FactoryProvider['provide'], take: (app: TwilioApp) => unknown) {
  return { provide, inject: [TwilioService], useFactory: ({ app }: TwilioService) => take(app) }
}

/** An application context without HTTP has no adapter. */
function mount(app: TwilioApp, adapter: AbstractHttpAdapter | null): void {
  type Fastify = { register(plugin: TwilioApp['fastify']): unknown }
  if (adapter?.getType() === 'fastify') adapter.getInstance<Fastify>().register(app.fastify)
  else adapter?.use(app.node)
}
