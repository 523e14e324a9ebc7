import { goOn } from './ending.ts'
import type { Engine } from './engine.ts'
import { postBytes, runLoad } from './load.ts'
import { startProgram } from './process.ts'
import { createTable } from './table.ts'

const connections = 64
const warmUp = 10_000
const body = JSON.stringify({ message: 'Hello!' })
const bytes = postBytes('/theirs', { 'content-type': 'application/json' }, body)

/** What it costs the other routes of an Express server that our app stands before them. */
export async function compareHost(engine: Engine, extent: Extent): Promise<void> {
  const table = createTable({ 'requests/s': 0, 'CPU µs': 1 })
  for (let round = 0; round < extent.rounds; round++) {
    // In turn also within a round: who comes first finds another machine than who comes second.
    const names = ['Express', 'Express with the app']
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      goOn()
      const place = engine.newPlace(`host_${round}_${name.length}`)
      const args = name === 'Express' ? [] : ['mounted']
      const program = await startProgram('servers/host', place, args)
      const load = (requests: number) =>
        runLoad({
          port: Number(program.facts['port']),
          connections,
          requests,
          requestOf: () => bytes,
        })
      await load(warmUp)
      const before = program.cpuMicros()
      const { seconds, statuses } = await load(extent.requests)
      const micros = program.cpuMicros() - before
      if (statuses.get(200) !== extent.requests) throw new Error('a request was not answered')
      table.add(name, {
        'requests/s': extent.requests / seconds,
        'CPU µs': micros / extent.requests,
      })
      await program.stop()
      await engine.drop(place)
    }
  }
  table.print(`another route of an Express server, ${connections} connections`)
  table.compare('Express with the app', 'Express', {
    'requests/s': '>= 0.95',
    'CPU µs': '<= 1.05',
  })
}

interface Extent {
  rounds: number
  requests: number
}
