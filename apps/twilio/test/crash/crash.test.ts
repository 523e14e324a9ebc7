import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CrashReport, runCrashes } from './run.ts'

/** In the words of the promises: what is lost, what is there twice, what nobody knows. */
function verdictOf({ idsByKey, rows, arrivals }: CrashReport) {
  const found = new Set(rows.map((row) => row.id))
  const ids = [...idsByKey.values()]
  const counts = [...arrivals.values()]
  return {
    keysWithSeveralIds: ids.filter((one) => one.size !== 1).length,
    lostIds: ids.flatMap((one) => [...one]).filter((id) => !found.has(id)).length,
    doubleRows: rows.length - idsByKey.size,
    lostTexts: counts.filter((n) => n === 0).length,
    doubleTexts: counts.filter((n) => n > 1).length,
    unknown: rows.filter((row) => row.sid === null).length,
    // Nobody has refused anything.
    failed: rows.filter((row) => row.status === 'FAILED').length,
  }
}

const nothingWrong = {
  keysWithSeveralIds: 0,
  lostIds: 0,
  doubleRows: 0,
  lostTexts: 0,
  doubleTexts: 0,
  unknown: 0,
  failed: 0,
}

describe('an API that is killed while it works', () => {
  it('loses nothing, sends nothing twice and gives each key one id', async (t) => {
    const kills = 25
    const report = await runCrashes(t, {
      messages: 2_000,
      kills,
      seed: 20_261_122,
      behaviours: [
        // Half the messages are never called back: what was cut off has to be looked up.
        { kind: 'lost-callbacks', times: 'always', probability: 0.5 },
        { kind: 'lagging-list', ms: 500, times: 'always', probability: 0.2 },
        { kind: 'late-accept', ms: 300, times: 'always', probability: 0.02 },
      ],
    })
    const { effectiveKills, cutSends, replays, doubted, sentAgain, idsByKey } = report
    t.diagnostic(`${effectiveKills} of ${kills} kills were effective, ${cutSends} cut a send off`)
    t.diagnostic(`${replays} replays, ${doubted} messages in doubt, ${sentAgain} sent again`)
    assert.ok(effectiveKills >= 0.9 * kills, `only ${effectiveKills} kills hit anything`)
    assert.ok(cutSends >= 0.9 * kills, `only ${cutSends} kills hit a call to Twilio`)
    assert.ok(doubted > 0 && sentAgain > 0, 'both ends of a doubt have to be among them')
    assert.equal(idsByKey.size, 2_000)
    assert.deepEqual(verdictOf(report), nothingWrong)
  })

  it('loses no callback that came before its own commit', async (t) => {
    const kills = 4
    const report = await runCrashes(t, {
      messages: 200,
      kills,
      seed: 3,
      // Twilio tells the whole story of a message before it answers the call that made it.
      behaviours: [{ kind: 'early-callbacks', times: 'always' }],
      until: 'DELIVERED',
    })
    const { effectiveKills, cutSends, unanswered, rows } = report
    t.diagnostic(`${cutSends} of ${kills} kills cut a send off, ${unanswered} were never answered`)
    assert.ok(effectiveKills >= 0.9 * kills, `only ${effectiveKills} kills hit anything`)
    assert.ok(unanswered > 0, 'some have to be known by their callbacks alone')
    assert.deepEqual(verdictOf(report), nothingWrong)
    assert.deepEqual(new Set(rows.map((row) => row.status)), new Set(['DELIVERED']))
  })

  // Without these two the tests above could be some that cannot fail.
  it('is caught when it sends again what was cut off', async (t) => {
    const report = await runCrashes(t, {
      messages: 150,
      kills: 3,
      seed: 1,
      behaviours: [],
      mutant: 'blind-resend',
    })
    const { doubleTexts } = verdictOf(report)
    t.diagnostic(`${doubleTexts} texts were sent twice`)
    assert.ok(doubleTexts >= 5, `only ${doubleTexts} doubled texts`)
  })

  it('is caught when it gives up what was cut off', async (t) => {
    const report = await runCrashes(t, {
      messages: 150,
      kills: 3,
      seed: 2,
      behaviours: [],
      mutant: 'give-up',
    })
    const { failed, lostTexts } = verdictOf(report)
    t.diagnostic(`${failed} messages failed, ${lostTexts} of them were never sent`)
    assert.ok(failed >= 5, `only ${failed} failed messages`)
  })
})
