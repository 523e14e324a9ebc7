/** Where randomness comes from: `size` bytes that nobody can guess. Handed in, so that tests can fix it. */
export type RandomBytes = (size: number) => Uint8Array
