import { fileURLToPath } from 'node:url'

const compiled = process.env['NODE_COMPILE_CACHE']

/**
 * What a program gets of the environment of its test: where programs are, and what Node has compiled for
 * the whole run (`scripts/test.ts`), because loading is most of what a short program does.
 */
export const childEnvironment: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }),
}

// Of `npm test -- --built`: the programs are those that users get. They also load in a third of the time.
const isBuilt = process.env['HSB_TWILIO_TEST_BUILT'] !== undefined
const bin = new URL(isBuilt ? '../dist/bin.js' : '../src/bin.ts', import.meta.url)

/** For Node, before a program that imports our packages by their names. */
export const conditions: readonly string[] = isBuilt ? [] : ['--conditions=source']

/** For Node: our command line. */
export const commandLine: readonly string[] = [...conditions, fileURLToPath(bin)]

const words = [process.execPath, ...commandLine].map((word) => `'${word}'`).join(' ')

/** Our command line as a program of its own: what a shell finds where it is installed. */
export const commandLineScript = `#!/bin/sh\nexec ${words} "$@"\n`
