import { go, hrefOf } from '@hsb/twilio-pages'
import { obtain } from './admin.ts'
import { Ask, Field, PhoneField } from './form.tsx'
import type { Row } from './wire.ts'

async function send(values: Record<string, string>): Promise<string | undefined> {
  const { to_phone, message, at } = values
  const answer = await obtain<{ message: Row }>('messages/', {
    to_phone,
    message,
    ...(at && { send_at: new Date(at).toISOString() }),
  })
  if (typeof answer === 'string') return answer
  go(hrefOf(['messages', answer.message.id]))
  return undefined
}

/** One text by hand, now or later; it is opened once it is taken. */
export function Sending({ onClose }: { onClose: () => void }) {
  return (
    <Ask title="Send a message" verb="Send" onClose={onClose} onSend={send}>
      <PhoneField name="to_phone" />
      <Field label="Text">
        <textarea name="message" rows={4} maxLength={1600} required />
      </Field>
      <Field label="Not before (now, where it is empty)">
        <input type="datetime-local" name="at" />
      </Field>
    </Ask>
  )
}
