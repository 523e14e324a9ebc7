import type { ProblemCode } from '../routes/problems.ts'
import { printJson, tell } from './terminal.ts'

/** Tells of a refusal in the words of the API, where one can read on; answers the exit code. */
export async function tellRefusal(refusal: {
  code: ProblemCode
  detail: string | undefined
  json: boolean
}): Promise<number> {
  const { code, detail, json } = refusal
  const { problems } = await import('../routes/problems.ts')
  const { title } = problems[code]
  if (json) printJson({ code, title, detail })
  tell(`hsb-twilio: ${code}: ${title}${detail ? ` ${detail}` : ''}`)
  return 1
}

/** When it is worth trying again. */
export function waitWords(seconds: number): string {
  return `Try again in ${seconds} s.`
}
