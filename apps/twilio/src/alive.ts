import { kill } from 'node:process'

/** True while a process of this machine has this id, whoever's it is. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks and does nothing.
    return kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
