#!/usr/bin/env node
import module from 'node:module'

// Missing in versions that are too old for the rest, too; cli.ts would fail there with less kind words.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 23)) {
  process.stderr.write(`hsb-twilio needs Node 22.23.3 or newer, this is ${process.version}\n`)
  process.exitCode = 1
} else {
  module.enableCompileCache()
  const { main } = await import('./cli.ts')
  process.exitCode = await main(process.argv.slice(2))
}
