import { sms } from '../../sms.ts'

// The page has verified the phone at /sms/api/sms/verify/… and brings the token of its approval.
export async function POST(request: Request) {
  const { token } = (await request.json()) as { token: string }
  const proof = await sms().verifications.readProof(token)
  if (proof) return Response.json({ welcome: proof.toPhone })
  return Response.json({ error: 'phone not verified' }, { status: 401 })
}
