import { after } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

// Loaded into every test process. A test file that leaves a worker, timer or socket open would
// otherwise only show as a slow exit, or not at all.
const leaks = new Set(['Timeout', 'TCPSocketWrap', 'TCPServerWrap', 'MessagePort', 'ProcessWrap'])

after(async () => {
  // Handles that were closed in the last test need a few turns to disappear.
  for (let i = 0; i < 20 && open().length > 0; i++) await turn()
  const left = open()
  if (left.length === 0) return
  // What is open would keep this process alive for ever. The results need a moment to be written.
  setTimeout(() => process.exit(1), 2_000).unref()
  throw new Error(`left open after the last test: ${left.join(', ')}`)
})

function open(): string[] {
  return process.getActiveResourcesInfo().filter((name) => leaks.has(name))
}
