// The same calls as jobs of graphile-worker, in the batch mode that its own documentation measures with
// (https://worker.graphile.org/docs/performance): jobs fetched 500 at a time and completed together.
// It does less than the app: a job that is done is deleted, nothing is kept of the message, its status,
// its events or the carrier's id, and nobody could tell a call without an answer from one that was never
// made (a job whose worker dies is run again, after four hours). It does more in that it takes
// any kind of task, retries and named queues.
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, openPool } from '../place.ts'
import { inPortions, textOf } from '../text.ts'

const place = givenPlace()
if (!('url' in place)) throw new Error('graphile-worker needs a PostgreSQL')
const carrier = createStubCarrier()
const preset = {
  worker: {
    connectionString: place.url,
    schema: place.schema,
    concurrentJobs: 24,
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
let sent = 0

await answerCommands(
  {},
  {
    enqueue: (count) =>
      inPortions(count, (first, end) =>
        utils.addJobs(
          Array.from({ length: end - first }, (_, i) => ({
            identifier: 'send-sms',
            payload: { id: `message-${sent++}`, ...textOf(first + i) },
          })),
        ),
      ),
    async deliver(count) {
      const taken = carrier.takes(count)
      const runner = await run({
        preset,
        noHandleSignals: true,
        parsedCronItems: [],
        taskList: {
          async 'send-sms'(payload) {
            const { id } = payload as { id: string }
            await carrier.send(id)
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
