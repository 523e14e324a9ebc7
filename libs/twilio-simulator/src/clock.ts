import type { Work } from './work.ts'

export interface Clock {
  now(): Date
  /** Runs the task when its time has come; the answer calls it off. */
  after(ms: number, task: () => Promise<void> | void): () => void
  /** `called-off` when it was woken because everything is over. */
  sleep(ms: number): Promise<'slept' | 'called-off'>
  /** Moves time on and runs everything that falls due, in order, each to its end. */
  advance(ms: number): Promise<void>
  /** Drops every waiting task and wakes every sleeper. */
  clear(): void
  /** Clears, and sets no timer any more. */
  stop(): void
}

interface Task {
  at: number
  run: () => Promise<void> | void
  callOff?: (() => void) | undefined
}

// setTimeout fires at once when asked for more than this.
const longestTimerMs = 2 ** 31 - 1

/**
 * A clock that stands still until it is advanced (`manual`), or that follows the machine's and can
 * be pushed ahead (`real`). `work` is what has to be quiet before time moves on.
 */
export function createClock(kind: 'real' | 'manual', startAt: Date, work: Work): Clock {
  let tasks: Task[] = []
  let manualNow = startAt.getTime()
  let aheadMs = kind === 'real' ? startAt.getTime() - Date.now() : 0
  let timer: NodeJS.Timeout | undefined
  let advancing = Promise.resolve()
  let stopped = false

  const now = () => (kind === 'manual' ? manualNow : Date.now() + aheadMs)
  const setNow = (time: number) => {
    if (kind === 'manual') manualNow = Math.max(manualNow, time)
    else aheadMs += Math.max(0, time - now())
  }
  const insert = (task: Task) => {
    const index = tasks.findLastIndex((other) => other.at <= task.at)
    tasks.splice(index + 1, 0, task)
    arm()
  }
  const drop = (task: Task) => {
    tasks = tasks.filter((other) => other !== task)
    arm()
  }
  const arm = () => {
    if (kind === 'manual') return
    clearTimeout(timer)
    timer = undefined
    const next = tasks[0]
    if (next && !stopped)
      timer = setTimeout(runDue, Math.min(Math.max(0, next.at - now()), longestTimerMs))
  }
  const runDue = () => {
    const due = now()
    while (tasks[0] && tasks[0].at <= due) {
      const task = tasks.shift()
      if (task) void work.run(async () => task.run())
    }
    arm()
  }
  const runUntil = async (target: number) => {
    await work.idle()
    for (let next = tasks[0]; next && next.at <= target; next = tasks[0]) {
      tasks.shift()
      setNow(next.at)
      await next.run()
      await work.idle()
    }
    setNow(target)
    arm()
  }

  const clear = () => {
    const left = tasks
    tasks = []
    arm()
    for (const task of left) task.callOff?.()
  }

  return {
    now: () => new Date(now()),
    after(ms, run) {
      const task: Task = { at: now() + ms, run }
      insert(task)
      return () => drop(task)
    },
    async sleep(ms) {
      // A sleeper is not under way: time has to be able to move on to wake it.
      work.end()
      return new Promise((resolve) => {
        const wake = (how: 'slept' | 'called-off') => {
          work.begin()
          resolve(how)
        }
        insert({ at: now() + ms, run: () => wake('slept'), callOff: () => wake('called-off') })
      })
    },
    async advance(ms) {
      const turn = advancing.then(async () => runUntil(now() + ms))
      advancing = turn.catch(() => undefined)
      await turn
    },
    clear,
    stop() {
      stopped = true
      clear()
    },
  }
}
