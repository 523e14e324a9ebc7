import type { Pool } from 'pg'

/** Ends a pool of a host; resolves when its sockets are gone too, which `pool.end` does not wait for. */
export async function endPool(pool: Pool): Promise<void> {
  let open = pool.totalCount
  const gone = new Promise<void>((resolve) => {
    pool.on('remove', () => --open === 0 && resolve())
    if (open === 0) resolve()
  })
  await pool.end()
  await gone
}
