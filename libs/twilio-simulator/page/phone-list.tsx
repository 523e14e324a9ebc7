import { Dialog, Empty, go, hrefOf, Icon, Skeleton, Time } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { now } from './now.ts'
import { unreadOf } from './seen.ts'
import type { Phone, Phones } from './wire.ts'

/** Every phone that got a text or wrote one, the last active first, with what is unread. */
export function PhoneList(props: { list: Phones | undefined; isMissing: boolean; number: string }) {
  const { list, isMissing, number } = props
  const [isAdding, add] = useState(false)
  const isNew = number !== '' && list && !list.phones.some((phone) => phone.number === number)
  return (
    <nav class="phones" aria-label="Phones">
      {isNew && <Row number={number} isHere />}
      {list?.phones.map((phone) => (
        <Row
          key={phone.number}
          number={phone.number}
          phone={phone}
          isHere={phone.number === number}
          unread={phone.number === number ? 0 : unreadOf(list, phone)}
        />
      ))}
      {!list && !isMissing && <Skeleton lines={4} label="Loading phones" />}
      {list?.total === 0 && !isNew && (
        <Empty title="No phones yet">
          <p>A phone appears with the first text that is sent to it.</p>
        </Empty>
      )}
      {list && list.total > list.phones.length && (
        <p class="note">{list.total - list.phones.length} more, quiet for longer</p>
      )}
      <button type="button" class="button quiet add-phone" onClick={() => add(true)}>
        <Icon name="plus" /> New phone
      </button>
      {isAdding && <NewPhone onClose={() => add(false)} />}
    </nav>
  )
}

function Row(props: { number: string; phone?: Phone; isHere: boolean; unread?: number }) {
  const { number, phone, isHere, unread = 0 } = props
  return (
    <a class="phone-row" href={hrefOf([number])} aria-current={isHere ? 'page' : undefined}>
      <Avatar number={number} />
      <span class="phone-words">
        <strong>{number}</strong>
        <span class="preview">{phone?.last.body ?? 'No texts yet'}</span>
      </span>
      <span class="phone-aside">
        {phone && <Time at={phone.last.created_at} now={now()} />}
        {unread > 0 && (
          <span class="unread">
            {unread}
            <span class="hidden-text"> unread</span>
          </span>
        )}
      </span>
    </a>
  )
}

/** The last two digits on a colour of their own: numbers alone look much alike. */
function Avatar({ number }: { number: string }) {
  const digits = number.replace(/\D/g, '')
  const hue =
    Array.from(digits).reduce((sum, digit, index) => sum + Number(digit) * (index + 3), 0) % 6
  return (
    <span class={`avatar hue-${hue}`} aria-hidden="true">
      {digits.slice(-2)}
    </span>
  )
}

function NewPhone({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const number = text.replaceAll(/[\s().-]/g, '')
  const isGood = /^\+[1-9]\d{6,14}$/.test(number)
  const open = (event: Event) => {
    event.preventDefault()
    if (!isGood) return
    go(hrefOf([number]))
    onClose()
  }
  return (
    <Dialog title="New phone" onClose={onClose}>
      <form class="new-phone" onSubmit={open}>
        <label class="field">
          <span>Number, with + and country code</span>
          <input
            type="tel"
            value={text}
            placeholder="+46701234567"
            autocomplete="off"
            aria-invalid={text !== '' && !isGood}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button class="button main" disabled={!isGood}>
            Open
          </button>
        </div>
      </form>
    </Dialog>
  )
}
