import { openFile, openPool, type Place } from '../place.ts'

const count = 'select count(*) as left from sms_log where status_rank < 2'

/** How many messages of the app's tables the carrier has not taken yet. */
export async function countWaiting(place: Place): Promise<number> {
  if ('file' in place) {
    const db = openFile(place)
    const left = db.prepare(count).get()?.['left']
    db.close()
    return Number(left)
  }
  const pool = await openPool(place)
  const { rows } = await pool.query<{ left: string }>(count)
  await pool.end()
  return Number(rows[0]?.left)
}
