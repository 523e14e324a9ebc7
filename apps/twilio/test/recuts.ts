import type { Dice } from './dice.ts'
import type { SignedCallback } from './signed-callback.ts'

// Twilio signs URL, names and values in one row without anything in between. Whoever has one signed
// request can therefore draw the borders anew. This makes such requests.

type Pair = [name: string, value: string]

/** Words at which a border is worth drawing: the names that mean something to us. */
const names =
  /AccountSid|ApiVersion|Body|ErrorCode|From|MessageSid|MessageStatus|MessagingServiceSid|NumMedia|RawDlrDoneDate|SmsMessageSid|SmsSid|SmsStatus|To/g

/** Another drawing of the same row of characters. Not every one keeps the signature: sorting forbids some. */
export function recut(callback: SignedCallback, dice: Dice): SignedCallback {
  const { path, signature } = callback
  const params = callback.params.toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (dice() < 0.4) return { path, signature, params: cutAtNames(params, dice) }
  let cut: { path: string; params: Pair[] } = { path, params }
  for (let times = 1 + pick(3, dice); times > 0; times--) {
    const step = steps[pick(steps.length, dice)]
    if (step) cut = step(cut, dice)
  }
  return { ...cut, signature }
}

/** Some of all the places where one of our names can be read become borders. */
function cutAtNames(params: Pair[], dice: Dice): Pair[] {
  const row = params.flat().join('')
  const keep = dice()
  const starts = [...row.matchAll(names)].filter((one) => one.index === 0 || dice() < keep)
  return starts.map((one, i) => {
    const end = starts[i + 1]?.index ?? row.length
    return [one[0], row.slice(one.index + one[0].length, end)]
  })
}

type Step = (cut: { path: string; params: Pair[] }, dice: Dice) => { path: string; params: Pair[] }

/** One border more, less, or elsewhere. */
const steps: Step[] = [
  // Two parameters become one.
  inside((before, [name, value], [nextName, nextValue], after) => [
    ...before,
    [name, value + nextName + nextValue],
    ...after,
  ]),
  // The border between a name and its value moves.
  inside((before, [name, value], next, after, dice) => {
    const row = name + value
    const at = 1 + pick(row.length, dice)
    return [...before, [row.slice(0, at), row.slice(at)], next, ...after]
  }),
  // One parameter becomes two.
  inside((before, [name, value], next, after, dice) => {
    const at = pick(value.length + 1, dice)
    const border = at + pick(value.length - at + 1, dice)
    const [first, second, third] = [
      value.slice(0, at),
      value.slice(at, border),
      value.slice(border),
    ]
    return [...before, [name, first], [second, third], next, ...after]
  }),
  // The border between two parameters moves.
  inside((before, [name, value], [nextName, nextValue], after, dice) => {
    const row = value + nextName
    const at = pick(row.length, dice)
    return [...before, [name, row.slice(0, at)], [row.slice(at), nextValue], ...after]
  }),
  // Equal pairs are signed once.
  inside((before, one, next, after) => [...before, one, one, next, ...after]),
  // The first parameter moves into the URL, as a whole or in part.
  ({ path, params: [first = ['', ''], ...rest] }, dice) => {
    const row = first[0] + first[1]
    const at = dice() < 0.5 ? row.length : pick(row.length, dice)
    const left: Pair[] = at === row.length ? [] : [[row.slice(at), '']]
    return { path: path + row.slice(0, at), params: [...left, ...rest] }
  },
  // The end of the URL moves into the first name.
  ({ path, params: [first = ['', ''], ...rest] }, dice) => {
    const at = path.length - pick(12, dice)
    return {
      path: path.slice(0, at),
      params: [[path.slice(at) + first[0], first[1]], ...rest],
    }
  },
]

/** A step on two neighbours somewhere. */
function inside(
  change: (before: Pair[], one: Pair, next: Pair, after: Pair[], dice: Dice) => Pair[],
): Step {
  return ({ path, params }, dice) => {
    const at = pick(params.length - 1, dice)
    const [one, next] = [params[at], params[at + 1]]
    if (!one || !next) return { path, params }
    return { path, params: change(params.slice(0, at), one, next, params.slice(at + 2), dice) }
  }
}

function pick(count: number, dice: Dice): number {
  return Math.max(0, Math.floor(dice() * count))
}
