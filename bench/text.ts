/** The messages of the bench: a few phones, and texts of one length that are all different. */
export function textOf(index: number): { toPhone: string; message: string } {
  return {
    toPhone: `+1415555${String(index % 10_000).padStart(4, '0')}`,
    message: `Your parcel ${index} is on its way`,
  }
}

/** Goes through `count` messages in portions, as nobody hands over 20,000 at once. */
export async function inPortions(
  count: number,
  write: (first: number, end: number) => Promise<unknown>,
  size = 1_000,
): Promise<void> {
  for (let first = 0; first < count; first += size)
    await write(first, Math.min(first + size, count))
}
