import { MessagesService, VerificationsService } from '@hsb/twilio/nest'
import {
  Body,
  Controller,
  HttpCode,
  Param,
  Post,
  UnauthorizedException,
  UnprocessableEntityException,
} from '@nestjs/common'

@Controller()
export class ShopController {
  constructor(
    private readonly messages: MessagesService,
    private readonly verifications: VerificationsService,
  ) {}

  // A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
  @Post('orders/:id/ship')
  @HttpCode(202)
  async ship(@Param('id') id: string, @Body('phone') phone: string) {
    const result = await this.messages.send({
      toPhone: phone,
      message: `Your order ${id} is on its way.`,
      idempotencyKey: `ship-${id}`,
    })
    if (result.kind === 'accepted') return { sms: result.message.id }
    throw new UnprocessableEntityException({ error: result.kind })
  }

  // The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
  @Post('login')
  @HttpCode(200)
  async login(@Body('token') token: string) {
    const proof = await this.verifications.readProof(token)
    if (proof) return { welcome: proof.toPhone }
    throw new UnauthorizedException({ error: 'phone not verified' })
  }
}
