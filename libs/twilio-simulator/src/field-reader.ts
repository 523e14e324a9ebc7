/** What is wrong with one field of a JSON body. */
export interface FieldError {
  field: string
  message: string
}

/** Reads the fields of a JSON object one by one and remembers everything that is wrong with it. */
export interface FieldReader {
  text(name: string): string | undefined
  /** A whole number, unless fractions are asked for; both ends included. */
  number(name: string, least: number, most: number, of?: 'fraction'): number | undefined
  choice<const T extends string | number>(name: string, from: readonly T[]): T | undefined
  /** One of a few words, or a whole number from 1 on. */
  wordOrCount<const T extends string>(name: string, word: T): T | number | undefined
  /** An object of texts. */
  texts(name: string): Record<string, string> | undefined
  /** Says so when a field that has to be there is not. */
  needed<T>(name: string, value: T | undefined): T | undefined
  fail(field: string, message: string): void
  /** All that was wrong, fields nobody read included. */
  errors(): FieldError[]
}

export function createFieldReader(json: unknown): FieldReader {
  const found = new Map<string, unknown>(isObject(json) ? Object.entries(json) : [])
  const read = new Set<string>()
  const errors: FieldError[] = isObject(json) ? [] : [{ field: '', message: 'has to be an object' }]
  const fail = (field: string, message: string) => {
    if (!errors.some((error) => error.field === field)) errors.push({ field, message })
  }
  const take = (name: string): unknown => {
    read.add(name)
    return found.get(name) ?? undefined
  }

  return {
    fail,
    text(name) {
      const value = take(name)
      if (typeof value === 'string' || value === undefined) return value
      fail(name, 'has to be a text')
      return undefined
    },
    number(name, least, most, of) {
      const value = take(name)
      if (value === undefined) return undefined
      if (isNumber(value, least, most, of)) return value
      fail(name, `has to be a ${of ?? 'whole number'} from ${least} to ${most}`)
      return undefined
    },
    choice(name, from) {
      const value = take(name)
      if (value === undefined) return undefined
      const chosen = from.find((one) => one === value)
      if (chosen === undefined) fail(name, `has to be one of ${from.join(', ')}`)
      return chosen
    },
    wordOrCount(name, word) {
      const value = take(name)
      if (value === undefined || value === word) return value === undefined ? undefined : word
      if (isNumber(value, 1, Number.MAX_SAFE_INTEGER)) return value
      fail(name, `has to be a whole number from 1 on, or "${word}"`)
      return undefined
    },
    texts(name) {
      const value = take(name)
      if (value === undefined) return undefined
      const entries = isObject(value) ? Object.entries(value) : []
      const texts: Record<string, string> = {}
      for (const [key, text] of entries) if (typeof text === 'string') texts[key] = text
      if (isObject(value) && Object.keys(texts).length === entries.length) return texts
      fail(name, 'has to be an object of texts')
      return undefined
    },
    needed(name, value) {
      if (value === undefined) fail(name, 'is needed')
      return value
    },
    errors() {
      for (const name of found.keys()) if (!read.has(name)) fail(name, 'is not known here')
      return errors
    },
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown, least: number, most: number, of?: 'fraction'): value is number {
  if (typeof value !== 'number' || value < least || value > most) return false
  return of === 'fraction' || Number.isInteger(value)
}
