import { type RawBuilder, sql } from 'kysely'
import { type GroupQuery, namesOf } from '../statement.ts'
import type { Bind, Engine, GroupPlan, Value } from './engine.ts'

/** Rows of a group with different keys: one statement. */
export interface Round {
  /** Their places in the group, and what tells them apart. */
  places: { place: number; key: Value }[]
  /** One array a field, or the value that all rows have. */
  columns: (Value[] | Value)[]
}

/** Another name than the column has: both are in sight in an update. */
function given(name: string): RawBuilder<unknown> {
  return sql.ref(`new_${name}`)
}

/** How a bound value is handed over as what it is. */
type Cast = (
  bound: RawBuilder<unknown>,
  type: 'text' | 'bigint' | 'text[]' | 'bigint[]',
) => RawBuilder<unknown>

/** A group statement as one statement over one array a field, but for the fields that are alike. */
export function createPostgresGroup(cast: Cast): Engine['group'] {
  return (plan, bind) => buildGroup(plan, bind, cast)
}

function buildGroup<Name extends string>(
  { key, fields, columns, alike = [], build }: GroupPlan<Name>,
  bind: Bind<Name>,
  cast: Cast,
): RawBuilder<unknown> {
  const typeOf = (name: Name) => (fields[name] === 'text' ? 'text' : 'bigint')
  const names = (columns ?? namesOf(fields)).filter((name) => !alike.includes(name))
  const arrays = names.map((name) => cast(bind(name), `${typeOf(name)}[]`))
  const valueOf = (name: Name) =>
    alike.includes(name) ? cast(bind(name), typeOf(name)) : sql`input.${given(name)}`
  const statement = build(valueOf, {
    values: (values) => sql`select ${sql.join(values)} from input order by place`,
    // In the order of the keys, so that two statements take their locks in one order.
    from:
      key === undefined
        ? sql`from input`
        : sql`from (select * from input order by ${given(key)}) as input`,
  })
  const answer = key === undefined ? sql`` : sql`returning ${sql.ref(key)} as key`
  return sql`
    with input as (
      select * from unnest(${sql.join(arrays)}) with ordinality
        as given (${sql.join(names.map(given))}, place)
    )
    ${statement}
    ${answer}`
}

/** Puts rows with the same key one after another: in one statement only one of them would count. */
export function inRounds({ groups, keyAt, alikeAt }: GroupQuery): Round[] {
  const [first] = groups
  if (first === undefined) return []
  // Nobody asks what became of a row, so nobody has to know where it is.
  if (keyAt === undefined) {
    const columns = first.map((value, i) =>
      alikeAt?.[i] ? value : groups.map((values) => values[i] ?? null),
    )
    return [{ places: [], columns }]
  }
  const rounds: Round[] = []
  const seen = new Map<Value, number>()
  groups.forEach((values, place) => {
    const key = values[keyAt] ?? null
    const turn = key === null ? 0 : (seen.get(key) ?? 0)
    if (key !== null) seen.set(key, turn + 1)
    const round = (rounds[turn] ??= {
      places: [],
      columns: values.map(() => []),
    })
    round.places.push({ place, key })
    for (const [i, value] of values.entries()) {
      const column = round.columns[i]
      if (Array.isArray(column)) column.push(value)
    }
  })
  return rounds
}

/** How many rows each row of a round touched, by its place in the group. */
export function touchedOf({ places }: Round, rows: readonly unknown[]): [number, number][] {
  const touched = new Set(rows.map(keyOf))
  return places.map(({ place, key }) => [place, key === null || touched.has(key) ? 1 : 0])
}

function keyOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null && 'key' in row ? row.key : undefined
}

/** An array as PostgreSQL writes it. */
export function arrayText(values: readonly Value[]): string {
  let text = '{'
  // By its index: an iterator would make an object for each value.
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null
    if (i > 0) text += ','
    if (value === null) text += 'NULL'
    else if (typeof value === 'number') text += value
    else text += /[\\"]/.test(value) ? `"${value.replaceAll(/[\\"]/g, '\\$&')}"` : `"${value}"`
  }
  return `${text}}`
}
