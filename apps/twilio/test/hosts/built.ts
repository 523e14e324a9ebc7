import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const run = promisify(execFile)

/** Builds what is not built, or older than its sources. */
export async function buildPackages(): Promise<void> {
  for (const path of ['libs/twilio-sms', 'libs/twilio-simulator', 'apps/twilio']) {
    const cwd = `${root}${path}`
    const built = await stat(`${cwd}/dist/index.js`).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    if (built > (await newest(`${cwd}/src`))) continue
    await run(process.execPath, [`${root}node_modules/tsdown/dist/run.mjs`], { cwd })
  }
}

async function newest(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const times = files
    .filter((one) => one.isFile())
    .map(async (one) => (await stat(`${one.parentPath}/${one.name}`)).mtimeMs)
  return Math.max(...(await Promise.all(times)))
}
