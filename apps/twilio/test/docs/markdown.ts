import { readFileSync } from 'node:fs'

/** One fenced block whose info string names it: ```` ```ts title=express ````. */
export interface Block {
  language: string
  title: string | undefined
  text: string
}

/** A document of this repository, by its path from the root. */
export function readDocument(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
}

/** Every fenced block, in order. */
export function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^```(\w*)(?: title=(\S+))?\n(.*?)^```$/gms)].map(
    ([, language = '', title, text = '']) => ({ language, title, text }),
  )
}

/** The block of this name. */
export function blockOf(document: string, title: string): string {
  const found = blocksOf(document).find((block) => block.title === title)
  if (!found) throw new Error(`no block is titled ${title}`)
  return found.text
}

/** The text below a heading, up to the next one of its level or above. */
export function sectionOf(document: string, heading: string): string {
  const start = document.indexOf(`\n${heading}\n`)
  if (start < 0) throw new Error(`there is no heading "${heading}"`)
  const level = heading.indexOf(' ')
  const rest = document.slice(start + heading.length + 2)
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'))
  return end < 0 ? rest : rest.slice(0, end)
}

/** The cells of every row of every table in the text, without its head. */
export function rowsOf(text: string): string[][] {
  const lines = text.split('\n')
  return lines
    .filter((line, i) => line.startsWith('|') && !/^\|[-| :]+\|$/.test(lines[i + 1] ?? ''))
    .filter((line) => !/^\|[-| :]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
}

/** A cell that is nothing but code, without its backticks. */
export function codeOf(cell: string): string | undefined {
  return /^`([^`]*)`$/.exec(cell)?.[1]
}
