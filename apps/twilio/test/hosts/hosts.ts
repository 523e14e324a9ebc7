import { execFile } from 'node:child_process'
import { cp, rm } from 'node:fs/promises'
import { pid } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildPackages } from './built.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const run = promisify(execFile)

/** A folder of `examples/`, and how it is run. */
export interface Example {
  program: string
  env?: Record<string, string>
  /** Runs our sources, unless the host finds the package as it is installed. */
  conditions?: string[]
  /** Builds what has to be built. */
  prepare?: () => Promise<unknown>
  /** Removes what `prepare` has made. */
  finish?: () => Promise<unknown>
}

/** The names of the hosts. */
export type HostName = 'node' | 'express' | 'fastify' | 'hono' | 'nest' | 'nest-fastify' | 'next'

const buildNest = () =>
  run(process.execPath, [`${root}node_modules/tsdown/dist/run.mjs`], {
    cwd: `${root}examples/nest`,
  })

// Next treats a linked workspace as part of the app and compiles all of it. So it gets what a user has:
// the package as it is published, below a `node_modules` of its own.
const nextDir = `${root}examples/.next-${pid}`
async function copyNext(): Promise<void> {
  await buildPackages()
  const leftOut = /\/(?:\.next|node_modules|next-env\.d\.ts)(?:\/|$)/
  await cp(`${root}examples/next`, nextDir, {
    recursive: true,
    filter: (path) => !leftOut.test(path.slice(root.length)),
  })
  for (const part of ['dist', 'package.json']) {
    await cp(`${root}apps/twilio/${part}`, `${nextDir}/node_modules/@hsb/twilio/${part}`, {
      recursive: true,
    })
  }
}

/** Every host, by its name in the differences. */
export const hosts: Record<HostName, Example> = {
  node: { program: 'examples/node/server.ts' },
  express: { program: 'examples/express/server.ts' },
  fastify: { program: 'examples/fastify/server.ts' },
  hono: { program: 'examples/hono/server.ts' },
  nest: { program: 'examples/nest/dist/main.js', prepare: buildNest },
  'nest-fastify': {
    program: 'examples/nest/dist/main.js',
    prepare: buildNest,
    env: { PLATFORM: 'fastify' },
  },
  next: {
    program: 'apps/twilio/test/hosts/next-process.ts',
    conditions: [],
    prepare: copyNext,
    finish: () => rm(nextDir, { recursive: true, force: true }),
    env: { NEXT_DIR: nextDir, NEXT_TELEMETRY_DISABLED: '1', NEXT_MANUAL_SIG_HANDLE: 'true' },
  },
}
