import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// The one without a window first: the pages cost it half of the CPU.
const shell = 'chromium-headless-shell'
const names = [shell, 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const places = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/Applications/Google Chrome.app/Contents/MacOS',
  '/Applications/Chromium.app/Contents/MacOS',
]

/** The browser that page tests run in: the one that was named, or one on the usual paths. */
export function findChromium(named = process.env['CHROMIUM_PATH']): string | undefined {
  if (named !== undefined) return isProgram(named) ? named : undefined
  const macNames = ['Google Chrome', 'Chromium']
  return places
    .flatMap((place) => [...names, ...macNames].map((name) => join(place, name)))
    .find(isProgram)
}

/** The same, installed first where that is possible without asking: by root on a Debian. */
export function provideChromium(): string | undefined {
  const found = findChromium()
  if (found !== undefined || process.env['CHROMIUM_PATH'] !== undefined) return found
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined
  console.log('installing Chromium for the tests of the pages')
  const apt = (...args: string[]) => spawnSync('apt-get', ['-qq', ...args], { stdio: 'inherit' })
  apt('update')
  for (const name of [shell, 'chromium']) {
    if (apt('install', '-y', '--no-install-recommends', name).status === 0) break
  }
  return findChromium()
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
