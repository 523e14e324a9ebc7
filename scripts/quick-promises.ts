import { type AsyncHook, createHook } from 'node:async_hooks'

// Loaded into every test process, first. node:test follows every promise, so that an error which nobody
// catches is told with the name of its test: half of what our tests cost. Not followed, it is told with
// the name of its file, which fails all the same.
const untracked = createHook({ trackPromises: false })
const isSet = (symbol: symbol) => Reflect.get(untracked, symbol) === true
// Where this Node has no such mark, everything stays as it is.
const mark = Object.getOwnPropertySymbols(untracked).find(isSet)
const hooks = Object.getPrototypeOf(untracked) as { enable: (this: AsyncHook) => AsyncHook }
if (mark !== undefined) {
  const enable = hooks.enable
  hooks.enable = function enableWithoutPromises() {
    Reflect.set(this, mark, true)
    return enable.call(this)
  }
}
