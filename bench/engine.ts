import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from './place.ts'

/** An engine that gives programs their databases. */
export interface Engine {
  name: 'SQLite' | 'PostgreSQL'
  /** An empty database. */
  newPlace(name: string): Place
  drop(place: Place): Promise<void>
  /** Brings every program to the same start: tables cleaned and counted, pages written. */
  settle(place: Place): Promise<void>
  /** CPU time used so far outside the programs, in microseconds. */
  cpuMicros(): number
}

/** SQLite with its files in this folder. It runs inside the programs, and needs no care. */
export function createSqlite(folder: string): Engine {
  return {
    name: 'SQLite',
    newPlace: (name) => ({ file: join(folder, `${name}.db`) }),
    async drop(place) {
      if (!('file' in place)) return
      for (const end of ['', '-wal', '-shm']) rmSync(`${place.file}${end}`, { force: true })
    },
    settle: async () => {},
    cpuMicros: () => 0,
  }
}
