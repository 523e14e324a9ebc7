// The same calls as jobs of graphile-worker, in the batch mode that its own documentation measures with
// (https://worker.graphile.org/docs/performance): jobs fetched 500 at a time and completed together.
// It does less than the app: a job that is done is deleted, nothing is kept of the message, its status,
// its events or the carrier's id, and nobody could tell a call without an answer from one that was never
// made (a job whose worker dies is run again, after four hours). It does more in that it takes any kind
// of task, and in named queues. With the second argument `books` its task keeps the app's rows and
// events, as somebody would have to who wants to know the same: grouped, and with 100 jobs at the same
// time so that the groups are large.
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, openPool } from '../place.ts'
import { inPortions } from '../text.ts'
import { createPeerJobs } from './books.ts'

const place = givenPlace()
if (!('url' in place)) throw new Error('graphile-worker needs a PostgreSQL')
const withBooks = process.argv[3] === 'books'
const carrier = createStubCarrier()
const jobs = await createPeerJobs(carrier, place, withBooks)
const preset = {
  worker: {
    connectionString: place.url,
    schema: place.schema,
    concurrentJobs: withBooks ? 100 : 24,
    maxPoolSize: 25,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    // Its words would go where our answers go.
    logger: new Logger(() => () => undefined),
  },
}
const utils = await makeWorkerUtils({ preset })
await utils.migrate()

await answerCommands(
  {},
  {
    enqueue: (count) =>
      inPortions(count, async (first, end) => {
        const messages = await jobs.enter(first, end)
        await utils.addJobs(
          messages.map((payload) => ({ identifier: 'send-sms', payload: { ...payload } })),
        )
      }),
    async deliver(count) {
      const taken = carrier.takes(count)
      const runner = await run({
        preset,
        noHandleSignals: true,
        parsedCronItems: [],
        taskList: {
          async 'send-sms'(payload) {
            const { id } = payload as { id: string }
            await jobs.send(id)
          },
        },
      })
      await taken
      await runner.stop()
    },
    async left() {
      const pool = await openPool(place)
      const { rows } = await pool.query<{ left: string }>(
        'select count(*) as left from _private_jobs',
      )
      await pool.end()
      return { left: Number(rows[0]?.left) }
    },
  },
)
