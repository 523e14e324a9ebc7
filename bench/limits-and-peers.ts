import { type HttpCost, httpColumns, measureHttp } from './accept.ts'
import { type DeliveryCost, deliveryColumns, measureDelivery } from './deliver.ts'
import { goOn } from './ending.ts'
import type { Engine } from './engine.ts'
import { createTable } from './table.ts'

/** How much is measured. */
export interface Extent {
  rounds: number
  requests: number
  messages: number
}

const noGoal = { 'messages/s': undefined, 'CPU µs': undefined }

/** Requests over HTTP: the app against the limit of the engine. */
export async function compareHttp(engine: Engine, extent: Extent): Promise<void> {
  const onSqlite = engine.name === 'SQLite'
  const limit = onSqlite ? 'servers/limit' : 'servers/limit-postgres'
  const accept = createTable<keyof HttpCost>(httpColumns)
  const callback = createTable<keyof HttpCost>(httpColumns)
  for (let round = 0; round < extent.rounds; round++) {
    for (const [name, script] of [
      ['limit', limit],
      ['app', 'servers/app'],
    ] as const) {
      goOn()
      const place = engine.newPlace(`accept_${name}_${round}`)
      const what = { requests: extent.requests, callbacks: onSqlite }
      const cost = await measureHttp(engine, { script, place }, what)
      accept.add(name, cost.accept)
      if (cost.callback) callback.add(name, cost.callback)
      await engine.drop(place)
    }
  }
  const goals = { 'messages/s': '>= 0.70', 'CPU µs': onSqlite ? '<= 1.50' : undefined }
  accept.print(`accept on ${engine.name}, 64 connections`)
  accept.compare('app', 'limit', goals)
  if (!onSqlite) return
  callback.print(`callback on ${engine.name}, 64 connections`)
  callback.compare('app', 'limit', goals)
}

/** Messages that wait: the app against the limit of the engine and against the peers. */
export async function compareDelivery(engine: Engine, extent: Extent): Promise<void> {
  const { rounds, messages } = extent
  const onSqlite = engine.name === 'SQLite'
  const limit = onSqlite ? 'workers/limit-sqlite' : 'workers/limit-postgres'
  const programs: { name: string; script: string; args?: string[] }[] = [
    { name: 'limit', script: limit },
    { name: 'limit with events', script: limit, args: ['events'] },
    { name: 'app', script: 'workers/app' },
    { name: 'app, 100 at once', script: 'workers/app', args: ['100'] },
    ...(onSqlite
      ? []
      : [
          { name: 'graphile-worker', script: 'workers/graphile-worker' },
          { name: 'pg-boss', script: 'workers/pg-boss' },
          { name: 'graphile-worker + books', script: 'workers/graphile-worker', args: ['books'] },
          { name: 'pg-boss + books', script: 'workers/pg-boss', args: ['books'] },
        ]),
  ]
  const table = createTable<keyof DeliveryCost>(deliveryColumns)
  for (let round = 0; round < rounds; round++) {
    for (const [i, { name, script, args }] of programs.entries()) {
      goOn()
      const place = engine.newPlace(`deliver_${i}_${round}`)
      table.add(name, await measureDelivery(engine, { script, place, args }, messages))
      await engine.drop(place)
    }
  }
  table.print(`deliver ${messages} messages on ${engine.name}`)
  for (const app of ['app', 'app, 100 at once']) {
    table.compare(app, 'limit with events', noGoal)
    if (onSqlite) continue
    table.compare(app, 'graphile-worker', { 'CPU µs': '<= 0.50' })
    table.compare(app, 'pg-boss', { 'CPU µs': '<= 0.33' })
    table.compare(app, 'graphile-worker + books', noGoal)
    table.compare(app, 'pg-boss + books', noGoal)
  }
}
