/** The words of a line as a shell splits it: quotes, backslashes and lines that go on. Expands nothing. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  // A word is pieces side by side: '…', $'…', "…", an escaped character, or plain text.
  const pieces = /\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)|./gsy
  let word: string | undefined
  for (const [whole, ansi, single, double, escaped, plain, gap] of line
    .replaceAll(/\\\r?\n/g, ' ')
    .matchAll(pieces)) {
    if (gap !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      const text = ansi === undefined ? double?.replaceAll(/\\(["\\$`])/g, '$1') : unescape(ansi)
      word = (word ?? '') + (text ?? single ?? escaped ?? plain ?? whole)
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, one: string) =>
    one === 'n' ? '\n' : one === 'r' ? '\r' : one === 't' ? '\t' : one,
  )
}
