import { randomBytes } from 'node:crypto'

/** Makes what Twilio makes up: SIDs and codes. All of it comes from one source of randomness. */
export interface Dice {
  /** A number from 0 to just under 1. */
  roll(): number
  /** Two letters and 32 hexadecimal digits. */
  sid(prefix: string): string
  /** Decimal digits, leading zeros kept. */
  digits(length: number): string
}

export function createDice(roll: () => number): Dice {
  const pick = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(roll() * alphabet.length)]).join('')
  return {
    roll,
    sid: (prefix) => prefix + pick('0123456789abcdef', 32),
    digits: (length) => pick('0123456789', length),
  }
}

/** The same numbers for the same seed (mulberry32), so that a failing test can be run again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function unseeded(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32
}

/** A valid SID that is the same on every run: the defaults people copy into their settings. */
export function fixedSid(prefix: string, number: number): string {
  return prefix + number.toString(16).padStart(32, '0')
}
