/** The middle one. */
export function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN
}

/** At this share of the sorted list. */
export function quantile(list: ArrayLike<number>, share: number): number {
  return Float64Array.from(list).toSorted()[Math.floor(share * (list.length - 1))] ?? NaN
}

/** What was measured: the values of all rounds, by program and then by column. */
export type Measured<Column extends string> = Map<string, Record<Column, number>[]>

/** A table of one kind of measurement. */
export interface Table<Column extends string> {
  add(program: string, round: Record<Column, number>): void
  middle(program: string, column: Column): number
  /** Prints the middle values of all programs, in the order in which they first came. */
  print(title: string): void
  /** Prints one program beside another one in every round, as those share the state of the machine. */
  compare(a: string, b: string, goals: Partial<Record<Column, string | undefined>>): void
}

/** An empty table with these columns; each says how many digits it shows after the point. */
export function createTable<Column extends string>(
  columns: Readonly<Record<Column, number>>,
): Table<Column> {
  const measured: Measured<Column> = new Map()
  const names = Object.keys(columns) as Column[]
  const widthOf = (name: Column) => Math.max(10, name.length)
  const roundsOf = (program: string) => measured.get(program) ?? []
  const line = (first: string, cells: string[]) => {
    const padded = names.map((name, i) => (cells[i] ?? '').padStart(widthOf(name)))
    console.log(`${first.padEnd(42)}  ${padded.join('  ')}`)
  }
  const middle = (program: string, column: Column) =>
    median(roundsOf(program).map((round) => round[column]))

  return {
    middle,
    add(program, round) {
      measured.set(program, [...roundsOf(program), round])
    },
    print(title) {
      const rounds = Math.max(...[...measured.values()].map((list) => list.length))
      console.log(`\n${title}, median of ${rounds} rounds`)
      line('', names)
      for (const program of measured.keys()) {
        const cells = names.map((name) => middle(program, name).toFixed(columns[name]))
        line(program, cells)
      }
    },
    compare(a, b, goals) {
      const ratios = names.map((name) =>
        median(roundsOf(a).map((round, i) => round[name] / (roundsOf(b)[i]?.[name] ?? NaN))),
      )
      const wanted = names.filter((name) => goals[name] !== undefined)
      line(
        `${a} / ${b}`,
        names.map((name, i) => (name in goals ? (ratios[i] ?? NaN).toFixed(2) : '')),
      )
      const words = wanted.map((name) => `${name} ${goals[name]}`).join(', ')
      if (words !== '') console.log(`${' '.repeat(42)}  (goal: ${words})`)
    },
  }
}
