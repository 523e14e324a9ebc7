import { type Finding, good, warning } from './finding.ts'

/** The runtime; versions that are too old do not come this far. */
export function checkNode(version: string, sqlite: string | undefined): Finding {
  const words = `${version}, SQLite ${sqlite ?? 'missing'}`
  const major = Number(/^v?(\d+)/.exec(version)?.[1])
  // https://nodejs.org/en/about/previous-releases: odd ones are given up after half a year.
  if (major % 2 === 0) return good('node', words)
  return warning('node', words, 'odd versions get no long support; use the next even one')
}
