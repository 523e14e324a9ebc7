import { type Problem, problem } from '../problems.ts'

/** What a change from the page of another site is answered. */
export function foreign(): Problem<'forbidden'> {
  return problem('forbidden', { detail: 'The request comes from another site.' })
}
