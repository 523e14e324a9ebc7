/** The code that a person would type off a text: the last 4 to 10 digits in a row. */
export function codeIn(text: string): string | undefined {
  return text.match(/(?<!\d)\d{4,10}(?!\d)/g)?.at(-1)
}
