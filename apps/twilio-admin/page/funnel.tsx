import { hrefOf } from '@hsb/twilio-pages'
import type { Overview } from './wire.ts'
import { secondsOf, shareOf } from './words.ts'

/** From a verification that was started to a phone that is proved: where people are lost. */
export function Funnel({ verification }: { verification: Overview['verification'] }) {
  const { started, delivered, approved, failed, expired, median_seconds: median } = verification
  // Of codes that Twilio's Verify sends it is not told whether they arrive.
  const isTold = delivered >= approved
  const steps = [
    ['Started', started] as const,
    ...(isTold ? [['Code delivered', delivered] as const] : []),
    ['Approved', approved] as const,
  ]
  return (
    <section class="card whole">
      <h3>Verifications</h3>
      {started === 0 ? (
        <p class="soft">None were started in this period.</p>
      ) : (
        <>
          <ol class="funnel">
            {steps.map(([name, value]) => (
              <li key={name}>
                <span class="soft">{name}</span>
                <b class="figure-value">{value.toLocaleString()}</b>
                <span class="soft">{shareOf(value, started)}</span>
                <svg
                  class="meter"
                  viewBox="0 0 100 8"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  <rect width="100" height="8" />
                  <rect class="info" width={(value / started) * 100} height="8" />
                </svg>
              </li>
            ))}
          </ol>
          <p class="soft">
            {median !== null && `Half were approved within ${secondsOf(median)}. `}
            {!isTold && 'Whether codes arrive is not told by Twilio’s Verify. '}
            {failed.toLocaleString()} failed by wrong codes,{' '}
            <a href={hrefOf(['verifications'], { status: 'expired' })}>
              {expired.toLocaleString()} expired
            </a>
            .
          </p>
        </>
      )}
    </section>
  )
}
