/** What one look at the set-up found. */
export interface Finding {
  /** What was looked at: one word. */
  check: string
  /** `warning`: it works, and somebody may be surprised later. */
  state: 'good' | 'warning' | 'bad'
  words: string
  /** What to do about it. */
  advice?: string | undefined
}

/** It is as it should be. */
export function good(check: string, words: string): Finding {
  return { check, state: 'good', words }
}

/** It works for now. */
export function warning(check: string, words: string, advice?: string): Finding {
  return { check, state: 'warning', words, advice }
}

/** It does not work. */
export function bad(check: string, words: string, advice?: string): Finding {
  return { check, state: 'bad', words, advice }
}

/** An id that can be told apart from others, and not be copied: `AC…3f2a`. */
export function shortSid(sid: string): string {
  return `${sid.slice(0, 2)}…${sid.slice(-4)}`
}
