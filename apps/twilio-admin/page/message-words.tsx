import { Badge, Icon } from '@hsb/twilio-pages'
import type { Row } from './wire.ts'

/** Whom a message went to, or came from. */
export function Party({ row }: { row: Row }) {
  const isIn = row.direction === 'inbound'
  return (
    <span class="party">
      <Icon name={isIn ? 'in' : 'out'} />
      <span class="hidden-text">{isIn ? 'from' : 'to'}</span>
      <span class="number">{partyOf(row)}</span>
    </span>
  )
}

/** The phone at the other end. */
export function partyOf({ direction, to_phone: to, from_phone: from }: Row): string {
  return direction === 'inbound' ? (from ?? 'unknown') : to
}

/** Where it stands, with the error that brought it there. */
export function StatusOf({ row: { status, error_code: code } }: { row: Row }) {
  return (
    <>
      <Badge status={status} />
      {code !== null && <code class="soft"> {code}</code>}
    </>
  )
}
