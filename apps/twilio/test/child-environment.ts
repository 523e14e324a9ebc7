const compiled = process.env['NODE_COMPILE_CACHE']

/**
 * What a program gets of the environment of its test: where programs are, and what Node has compiled for
 * the whole run (`scripts/test.ts`), because loading is most of what a short program does.
 */
export const childEnvironment: Readonly<Record<string, string | undefined>> = {
  PATH: process.env['PATH'],
  ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }),
}
