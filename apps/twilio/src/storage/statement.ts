import { type CompiledQuery, type Kysely, type QueryResult, type RawBuilder, sql } from 'kysely'
import type { Bind, Engine, GroupPlan, Value } from './engines/engine.ts'
import type { Schema } from './schema.ts'

/** Where statements run: one transaction, or the database at large. */
export interface Session {
  db: Kysely<Schema>
  engine: Engine
  /** True inside a transaction, where what was read may be locked until its end. */
  inTransaction: boolean
  /** Runs a query where there is a shorter way than `db`. What is asked for at the same time shares a round trip. */
  run?: ((query: CompiledQuery | GroupQuery) => Promise<QueryResult<unknown>>) | undefined
  /**
   * Takes a write on whose answer nothing depends: it goes out with what is asked for next, at the
   * latest with the commit, and where it fails, that fails.
   */
  post?: ((query: CompiledQuery | GroupQuery) => void) | undefined
  /** Runs `work` in a transaction, where Kysely's own way is not the best. */
  transact?: (<T>(work: (session: Session) => Promise<T>) => Promise<T>) | undefined
}

/**
 * A statement that is compiled once and then only bound: building one of our wide statements anew
 * costs more than running it.
 */
export function statement<Row, Name extends string>(
  build: (bind: Bind<Name>, engine: Engine) => RawBuilder<Row>,
): (session: Session, values: Readonly<Record<Name, Value>>) => Promise<Row[]> {
  const compile = compileOnce(build)
  return async (session, values) => {
    const { compiled, names } = compile(session)
    const parameters = names.map((name) => values[name])
    return (await run<Row>(session, { ...compiled, parameters })).rows
  }
}

/** A statement on whose answer nothing depends. */
export function command<Name extends string = never>(
  build: (bind: Bind<Name>, engine: Engine) => RawBuilder<unknown>,
): (session: Session, values: Readonly<Record<Name, Value>>) => Promise<void> {
  const compile = compileOnce(build)
  return async (session, values) => {
    const { compiled, names } = compile(session)
    const parameters = names.map((name) => values[name])
    const query = names.length === 0 ? compiled : { ...compiled, parameters }
    if (session.post) session.post(query)
    else await run(session, query)
  }
}

/** A compiled query that runs once for each of `groups`, all or nothing. */
export interface GroupQuery extends CompiledQuery {
  groups: readonly (readonly Value[])[]
  /** The place in each group of what tells the rows apart; undefined where nobody wants an answer. */
  keyAt: number | undefined
  /** True at the places whose value is the same in all groups and handed over once; undefined: none is. */
  alikeAt?: readonly boolean[] | undefined
}

/**
 * A statement for many rows at once. On SQLite it is one prepared statement that runs row after row
 * within one call, which costs a quarter of unpacking the rows from one JSON parameter (3 against
 * 13 µs for a message). On PostgreSQL it is one round trip with one array a field. On both a later row
 * sees what an earlier one with the same key did. Answers how many rows of the database each given row
 * touched; one whose key is null touches one, or the statement fails.
 */
export function groupStatement<Name extends string>(
  plan: GroupPlan<Name> & { key: NoInfer<Name> },
): (session: Session, rows: readonly Readonly<Record<Name, Value>>[]) => Promise<number[]> {
  const compile = compileOnce<unknown, Name>((bind, engine) => engine.group(plan, bind))
  return async (session, rows) => {
    if (rows.length === 0) return []
    const { compiled, names } = compile(session)
    const query: GroupQuery = {
      ...compiled,
      groups: rows.map((row) => names.map((name) => row[name])),
      keyAt: names.indexOf(plan.key),
    }
    const result = await run<{ touched: number }>(session, query)
    return result.rows.map((row) => row.touched)
  }
}

/**
 * An insert of many rows whose answer nobody needs. On PostgreSQL each column is an array to be written,
 * read and unpacked. So those that are neither `own` nor `alike` are left out where no row has a value
 * for them, and those that are `alike` are handed over once where all rows have the same one.
 */
export function groupInsert<Name extends string>(
  table: keyof Schema,
  fields: Readonly<Record<Name, 'text' | 'number'>>,
  usual: {
    /** What each row has of its own. */
    own: readonly NoInfer<Name>[]
    /** What rows that come together mostly have in common. */
    alike: readonly NoInfer<Name>[]
  },
): (session: Session, rows: readonly Readonly<Record<Name, Value>>[]) => Promise<void> {
  const names = namesOf(fields)
  const { own, alike } = usual
  const unusual = names.filter((name) => !own.includes(name) && !alike.includes(name))
  const insertInto = (columns: readonly Name[], same: readonly Name[]) =>
    compileOnce<unknown, Name>((bind, engine) => {
      const build: GroupPlan<Name>['build'] = (bound, { values }) => sql`
        insert into ${sql.raw(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
        ${values(columns.map(bound))}`
      return engine.group({ key: undefined, fields, columns, alike: same, build }, bind)
    }, same)
  const whole = insertInto(names, [])
  const short = insertInto([...own, ...alike], [])
  const shortest = insertInto([...own, ...alike], alike)
  return async (session, rows) => {
    const [first] = rows
    if (first === undefined) return
    const isShort = rows.every((row) => unusual.every((name) => row[name] === null))
    const areAlike = rows.every((row) => alike.every((name) => row[name] === first[name]))
    const insert = isShort ? (areAlike ? shortest : short) : whole
    const { compiled, names: bound, alikeAt } = insert(session)
    const groups = rows.map((row) => bound.map((name) => row[name]))
    const query: GroupQuery = { ...compiled, groups, keyAt: undefined, alikeAt }
    if (session.post) session.post(query)
    else await run(session, query)
  }
}

async function run<Row>(
  session: Session,
  query: CompiledQuery | GroupQuery,
): Promise<QueryResult<Row>> {
  if (!session.run) return session.db.executeQuery<Row>(query)
  // What a row looks like is known where the statement is written.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await session.run(query)) as QueryResult<Row>
}

function compileOnce<Row, Name extends string>(
  build: (bind: Bind<Name>, engine: Engine) => RawBuilder<Row>,
  alike: readonly Name[] = [],
) {
  interface Compiled {
    compiled: CompiledQuery<Row>
    names: Name[]
    alikeAt: boolean[]
  }
  const known = new WeakMap<Engine, Compiled>()
  return (session: Session) => {
    const { engine } = session
    let query = known.get(engine)
    if (query === undefined) {
      const bound = new Map<unknown, Name>()
      const bind: Bind<Name> = (name) => {
        bound.set(name, name)
        return sql`${name}`
      }
      const compiled = build(bind, engine).compile(session.db)
      // The compiler hands bound values back in the order of their places: here, their names.
      const names = compiled.parameters.flatMap((name) => bound.get(name) ?? [])
      query = { compiled, names, alikeAt: names.map((name) => alike.includes(name)) }
      known.set(engine, query)
    }
    return query
  }
}

/** The fields of a group statement in their order. */
export function namesOf<Name extends string>(fields: Readonly<Record<Name, unknown>>): Name[] {
  const isName = (name: string): name is Name => name in fields
  return Object.keys(fields).filter(isName)
}

const lockTexts = command<'names'>(
  (bind, { lockNames: lock }) => lock?.(bind('names')) ?? sql`select 1`,
)

/** Keeps other transactions that name one of these texts (a JSON array) waiting until this one has ended. */
export async function lockNames(session: Session, names: { names: string }): Promise<void> {
  if (session.engine.lockNames) await lockTexts(session, names)
}

/** Undefined as the database writes it. */
export function orNull<T>(value: T | undefined): T | null {
  return value ?? null
}

/** Null as the code writes it. */
export function orUndefined<T>(value: T | null): T | undefined {
  return value ?? undefined
}
