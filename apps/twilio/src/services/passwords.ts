import { scrypt } from 'node:crypto'
import type { RandomBytes } from '../domain/random.ts'
import { isSameSecret } from './constant-time.ts'

/** Passwords as they are kept: by scrypt (RFC 7914), each with a salt of its own. */
export interface Passwords {
  hash(password: string): Promise<string>
  /**
   * Whether the password is the one that was hashed. Without a hash it is `wrong` after the same work,
   * so that the time taken does not tell whether there is one. `busy` while too many are being checked.
   */
  check(password: string, hash: string | undefined): Promise<'right' | 'wrong' | 'busy'>
}

// One of the settings that OWASP's Password Storage Cheat Sheet holds equal: 32 MiB and three passes.
// Both figures stand in each hash, so that they can be raised without ending the passwords there are.
const usualLog2Cost = 15
const blockSize = 8
const passes = 3
const saltBytes = 16
const keyBytes = 32
const memoryBytes = 64 * 1_024 * 1_024
/** Each check takes 32 MiB: strangers must not choose how many there are. */
const mostAtOnce = 8

const hashShape = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/

/** Makes and checks the hashes of passwords. Tests make them cheaper than anything else may. */
export function createPasswords(
  randomBytes: RandomBytes,
  log2Cost: number = usualLog2Cost,
): Passwords {
  let running = 0

  async function hash(password: string): Promise<string> {
    const salt = Buffer.from(randomBytes(saltBytes)).toString('base64url')
    const key = await derive(password, salt, log2Cost, blockSize, passes)
    return ['scrypt', log2Cost, blockSize, passes, salt, key].join('$')
  }

  return {
    hash,
    async check(password, kept) {
      if (running >= mostAtOnce) return 'busy'
      running += 1
      try {
        const found = hashShape.exec(kept ?? '')
        if (!found) {
          await hash(password)
          return 'wrong'
        }
        const [, cost = '', r = '', p = '', salt = '', expected = ''] = found
        const given = await derive(password, salt, Number(cost), Number(r), Number(p))
        return isSameSecret(expected, given) ? 'right' : 'wrong'
      } finally {
        running -= 1
      }
    },
  }
}

/** The key of a password; `cost` is the binary logarithm of scrypt's N. */
function derive(password: string, salt: string, cost: number, r: number, p: number) {
  return new Promise<string>((resolve, reject) => {
    const options = { N: 2 ** cost, r, p, maxmem: memoryBytes }
    scrypt(spelling(password), Buffer.from(salt, 'base64url'), keyBytes, options, (error, key) => {
      if (error) reject(error)
      else resolve(key.toString('base64url'))
    })
  })
}

/** Keyboards write the same letter in several ways. */
function spelling(password: string): string {
  return password.normalize('NFKC')
}
