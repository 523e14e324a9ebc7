import { TwilioModule } from '@hsb/twilio/nest'
import { Module } from '@nestjs/common'
import { ShopController } from './shop.controller.ts'
import config from './twilio.config.ts'

// Everything of ours below /sms (publicUrl says so) is answered by TwilioModule, before a body is parsed.
@Module({ imports: [TwilioModule.forRoot(config)], controllers: [ShopController] })
export class AppModule {}
