import { Copy, useKeys } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { act, session } from './admin.ts'
import { Ask } from './form.tsx'
import { Action } from './parts.tsx'
import type { MessageDetail, Revealed } from './wire.ts'
import { publicAddress, quote, sendLine } from './words.ts'

const questions = {
  resend: {
    title: 'Send it again?',
    verb: 'Send again',
    done: 'Sent again',
    words: 'A new message with the same text goes to the same phone, and costs again.',
  },
  cancel: {
    title: 'Cancel this message?',
    verb: 'Cancel message',
    done: 'Canceled',
    words: 'It is not sent any more. What Twilio already has may still arrive.',
  },
  redact: {
    title: 'Delete the text?',
    verb: 'Delete text',
    done: 'The text is deleted',
    words: 'The text and its data are deleted here and at Twilio. Nobody can bring them back.',
  },
} as const
type Question = keyof typeof questions

/** What can be done with a message now, by somebody of this role. */
export function MessageActions(props: {
  detail: MessageDetail
  revealed: Revealed | undefined
  onRedacted: () => void
}) {
  const { detail, revealed, onRedacted } = props
  const { message, actions } = detail
  const [question, ask] = useState<Question>()
  const id = encodeURIComponent(message.id)
  useKeys({ r: () => actions.includes('resend') && ask('resend') })
  const perform = async (what: Question) => {
    const problem = await act(`messages/${id}/${what}/`, undefined, questions[what].done)
    if (problem === undefined && what === 'redact') onRedacted()
    return problem
  }
  const address = publicAddress(session.value?.app.public_url ?? '', `api/sms/${id}/status/`)
  const look = `curl ${quote(address)} \\\n  -H "authorization: Bearer $HSB_TWILIO_KEY"`
  const again =
    session.value && revealed?.message && message.direction === 'outbound'
      ? sendLine(session.value, revealed.to_phone, revealed.message)
      : undefined
  return (
    <div class="actions">
      {actions.includes('resend') && (
        <Action icon="out" name="Resend" onClick={() => ask('resend')} />
      )}
      {actions.includes('cancel') && (
        <Action icon="close" name="Cancel" onClick={() => ask('cancel')} />
      )}
      {actions.includes('redact') && <Action name="Redact" onClick={() => ask('redact')} />}
      <Copy text={message.id} label="id" class="button small">
        Copy ID
      </Copy>
      <Copy
        text={again ?? look}
        label={again ? 'the call that sends it' : 'the call that reads it'}
        class="button small"
      >
        Copy as curl
      </Copy>
      {question && (
        <Ask
          title={questions[question].title}
          verb={questions[question].verb}
          isDanger={question !== 'resend'}
          onClose={() => ask(undefined)}
          onSend={() => perform(question)}
        >
          <p>{questions[question].words}</p>
        </Ask>
      )}
    </div>
  )
}
