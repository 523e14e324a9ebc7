import { Time } from '@hsb/twilio-pages'

/** A moment in full, and how far it is away. */
export function Moment({ at }: { at: string }) {
  const words = new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })
  return (
    <>
      {words}{' '}
      <span class="soft">
        (<Time at={at} />
        {Date.parse(at) < Date.now() - 5000 && ' ago'})
      </span>
    </>
  )
}
