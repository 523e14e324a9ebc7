/** Does `work` for all, `atOnce` of them beside each other; answers in their order. */
export async function someAtOnce<One, Result>(
  all: readonly One[],
  atOnce: number,
  work: (one: One, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let first = 0; first < all.length; first += atOnce) {
    const some = all.slice(first, first + atOnce)
    results.push(...(await Promise.all(some.map((one, i) => work(one, first + i)))))
  }
  return results
}
