import { hrefOf } from '@hsb/twilio-pages'
import { dayOf } from './place.ts'
import type { Overview } from './wire.ts'
import { count } from './words.ts'

/** Which errors there were, each a way to its messages. */
export function ErrorsCard({ errors, from }: { errors: Overview['errors']; from: string }) {
  const most = Math.max(1, ...errors.map((one) => one.count))
  return (
    <section class="card half">
      <h3>Errors</h3>
      {errors.length === 0 && <p class="soft">None in this period.</p>}
      <ul class="errors">
        {errors.slice(0, 7).map(({ code, meaning, count: times }) => (
          <li key={code}>
            <a href={hrefOf(['messages'], { error: String(code), since: dayOf(from) })}>
              <span>
                <code>{code}</code> {meaning ?? 'An error that Twilio does not explain'}
              </span>
              <b>
                {times.toLocaleString()}
                <span class="hidden-text"> {count(times, 'message').replace(/^\S+ /, '')}</span>
              </b>
              <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width="100" height="4" />
                <rect class="bad" width={(times / most) * 100} height="4" />
              </svg>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
