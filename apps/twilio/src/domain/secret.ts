/** A value that prints as `[secret]` wherever an object is logged, inspected or turned into JSON. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

const hidden = '[secret]'

/** Wraps a value so that only `reveal` gives it away. */
export function createSecret(value: string): Secret {
  const secret = {
    reveal: () => value,
    toString: () => hidden,
    toJSON: () => hidden,
  }
  // node:util prints functions and their source otherwise.
  Object.defineProperty(secret, Symbol.for('nodejs.util.inspect.custom'), { value: () => hidden })
  return Object.freeze(secret)
}
