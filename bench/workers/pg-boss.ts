// The same calls as jobs of pg-boss, in its batch mode: fetched 100 at a time without a pause while
// there are more, and completed together when the handler returns; its maintenance, its scheduler and
// the listening are off. It does less than the app: a job is kept until its retention is over, but there
// are no events and no carrier's id, a batch is completed or failed as one, and a job whose
// worker dies is run again after its expiry. It does more in that it takes any kind of job, with dead
// letters and policies for each queue. With the second argument `books` its handler keeps the app's rows
// and events, as somebody would have to who wants to know the same: each batch at once.
import { PgBoss } from 'pg-boss'
import { createStubCarrier } from '../carrier.ts'
import { answerCommands } from '../commands.ts'
import { givenPlace, openPool } from '../place.ts'
import { inPortions } from '../text.ts'
import { createPeerJobs } from './books.ts'

const queue = 'send-sms'
const place = givenPlace()
if (!('url' in place)) throw new Error('pg-boss needs a PostgreSQL')
const carrier = createStubCarrier()
const peer = await createPeerJobs(carrier, place, process.argv[3] === 'books')
const boss = new PgBoss({
  connectionString: place.url,
  schema: place.schema,
  supervise: false,
  schedule: false,
})
boss.on('error', (error) => console.error(error))
await boss.start()
await boss.createQueue(queue)

await answerCommands(
  {},
  {
    enqueue: (count) =>
      inPortions(count, async (first, end) => {
        const messages = await peer.enter(first, end)
        await boss.insert(
          queue,
          messages.map((data) => ({ data })),
        )
      }),
    async deliver(count) {
      const taken = carrier.takes(count)
      const options = { batchSize: 100, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
      await boss.work<{ id: string }>(queue, options, (jobs) =>
        peer.sendAll(jobs.map((job) => job.data.id)),
      )
      await taken
      await boss.offWork(queue, { wait: true })
    },
    async left() {
      const pool = await openPool(place)
      const { rows } = await pool.query<{ left: string }>(
        `select count(*) as left from job where state <> 'completed'`,
      )
      await pool.end()
      return { left: Number(rows[0]?.left) }
    },
  },
)
