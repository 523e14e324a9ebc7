import { readFileSync, writeFileSync } from 'node:fs'
import type { ArgDef } from 'citty'
import { listCommands } from '../../src/cli.ts'

// The options of every command as docs/cli.md shows them, made from the commands. To renew:
//   npx node --conditions=source apps/twilio/test/docs/cli-options.ts

const page = new URL('../../../../docs/cli.md', import.meta.url)
const heading = '\n## Options\n'

/** What stands below the heading `## Options`. */
export async function writeOptions(): Promise<string> {
  const sections = (await listCommands()).map(({ words, command }) => {
    const rows = Object.entries(command.args).map(
      ([name, arg]) => `| ${cell(nameOf(name, arg))} | ${defaultOf(arg)} | ${wordsOf(arg)} |`,
    )
    const table = ['| option | default | |', '|---|---|---|', ...rows]
    return [`### \`${words}\``, '', `${command.summary}.`, '', ...table].join('\n')
  })
  return `${sections.join('\n\n')}\n`
}

function nameOf(name: string, arg: ArgDef): string {
  if (arg.type === 'positional') return name.toUpperCase()
  return arg.type === 'boolean' ? `--${name}` : `--${name} ${arg.valueHint ?? name}`
}

function defaultOf(arg: ArgDef): string {
  if (arg.type === 'boolean') return ''
  if (arg.default !== undefined) return cell(String(arg.default))
  return arg.required === true ? 'required' : ''
}

function wordsOf(arg: ArgDef): string {
  return (arg.description ?? '').replaceAll('|', '\\|')
}

function cell(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

if (import.meta.main) {
  const text = readFileSync(page, 'utf8')
  const before = text.slice(0, text.indexOf(heading) + heading.length)
  writeFileSync(page, `${before}\n${await writeOptions()}`)
}
