import { readdirSync, readFileSync } from 'node:fs'

/** CPU time that a process has used so far with all its threads, in microseconds. */
export function cpuOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((task) =>
      Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    )
    .reduce((sum, nanos) => sum + nanos / 1_000, 0)
}

/** CPU time of a process and of its children, those included that have ended, in microseconds. */
export function cpuOfFamily(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const living = children.filter(Boolean).map((child) => {
    try {
      return cpuOf(Number(child))
    } catch {
      // It ended just now: its parent has its time already, or will have it in a moment.
      return 0
    }
  })
  return living.reduce((sum, micros) => sum + micros, cpuOf(pid) + cpuOfTheEnded(pid))
}

/** `cutime` and `cstime`, which Linux tells in hundredths of a second. */
function cpuOfTheEnded(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program is in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10_000
}
