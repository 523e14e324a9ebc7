import { sms } from '../../../../sms.ts'

// A text from the shop itself needs no HTTP. Shipping twice with one key sends one text.
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  const { phone } = (await request.json()) as { phone: string }
  const result = await sms().messages.send({
    toPhone: phone,
    message: `Your order ${id} is on its way.`,
    idempotencyKey: `ship-${id}`,
  })
  if (result.kind === 'accepted') return Response.json({ sms: result.message.id }, { status: 202 })
  return Response.json({ error: result.kind }, { status: 422 })
}
