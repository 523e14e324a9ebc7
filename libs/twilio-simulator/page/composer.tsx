import { Copy, Icon } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { codeOf } from './bubbles.tsx'
import { perform } from './simulator.ts'
import type { Phone, Settings, Text } from './wire.ts'

const words = ['STOP', 'START', 'HELP']

/** Writes a text on the phone: what one types, or one of the words that carriers know. */
export function Composer(props: {
  number: string
  phone: Phone | undefined
  texts: readonly Text[]
  settings: Settings | undefined
}) {
  const { number, phone, texts, settings } = props
  const last = texts.findLast((text) => text.direction === 'outbound')
  const [body, setBody] = useState('')
  const [chosen, choose] = useState<'sms' | 'whatsapp'>()
  const [isSending, setSending] = useState(false)
  const channel = chosen ?? (last?.to.startsWith('whatsapp:') ? 'whatsapp' : 'sms')
  const code = last && codeOf(last)

  const reply = async (text: string) => {
    if (text.trim() === '' || isSending) return
    setSending(true)
    const from = channel === 'whatsapp' ? `whatsapp:${number}` : number
    const isSent = await perform('POST', 'replies', { from, body: text })
    setSending(false)
    if (isSent && text === body) setBody('')
  }
  const isKept = settings !== undefined && !inboundOf(settings, phone)
  const blocked = phone?.opted_out_of.filter((one) => !one.startsWith('MG')) ?? []
  return (
    <div class="composer">
      {blocked.length > 0 && (
        <p class="notice">
          Opted out of {blocked.join(', ')}: texts are refused (21610) until START
        </p>
      )}
      {isKept && (
        <p class="notice">
          Replies are only kept:{' '}
          <a href="#inbound" onClick={showInbound}>
            no webhook is set
          </a>
        </p>
      )}
      <div class="chips">
        {code !== undefined && (
          <Copy text={code} label={`code ${code}`} class="chip main">
            Copy {code}
          </Copy>
        )}
        {words.map((word) => (
          <button key={word} type="button" class="chip" onClick={() => void reply(word)}>
            {word}
          </button>
        ))}
      </div>
      <form
        class="write"
        onSubmit={(event) => {
          event.preventDefault()
          void reply(body)
        }}
      >
        <button
          type="button"
          class="channel"
          aria-label={`Channel: ${channel === 'sms' ? 'SMS' : 'WhatsApp'}. Change`}
          onClick={() => choose(channel === 'sms' ? 'whatsapp' : 'sms')}
        >
          {channel === 'sms' ? 'SMS' : 'WA'}
        </button>
        <input
          type="text"
          value={body}
          placeholder="Reply as this phone"
          aria-label={`Reply as ${number}`}
          autocomplete="off"
          onInput={(event) => setBody(event.currentTarget.value)}
        />
        <button class="send" aria-label="Send" disabled={body.trim() === '' || isSending}>
          <Icon name="arrow" />
        </button>
      </form>
    </div>
  )
}

/** Where a reply of this phone is posted. */
function inboundOf(settings: Settings, phone: Phone | undefined): string | null {
  const to = phone?.replies_to ?? ''
  const service = settings.messaging_services.find(({ senders }) => senders.includes(to))
  return service?.inbound_url ?? settings.inbound_url
}

function showInbound(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#inbound')?.focus()
}
