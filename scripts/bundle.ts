import { mkdirSync, mkdtempSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'

const root = resolve(import.meta.dirname, '..')

// What the published package carries in itself as well. Other packages are loaded as they are.
const carried = /^(?:@hsb|kysely|zod|libphonenumber-js)(?:\/|$)/

/** What a file says of its own place stays true wherever its code ends up. */
const ownPlaces: Plugin = {
  name: 'own-places',
  resolveId(name, from) {
    if (!name.startsWith('.') || !name.endsWith('.json') || from === undefined) return null
    return { id: resolve(dirname(from), name), external: 'absolute' }
  },
  transform(text, path) {
    if (path.includes('node_modules') || !text.includes('import.meta.')) return null
    const code = text
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.main', 'false')
    // Every line is where it was.
    return { code, map: null }
  },
}

/** Where a source has gone in a folder of `bundle`. */
export function bundledPath(folder: string, source: string): string {
  return join(folder, relative(root, resolve(source))).replace(/\.ts$/, '.mjs')
}

/**
 * Puts programs and the 700 files that each of them loads into a few that they share: to load is most of
 * what a short program does. Answers the folder; whoever asked for it removes it.
 */
export async function bundle(sources: readonly string[]): Promise<string> {
  // Here they find the packages that are installed.
  const place = join(root, 'node_modules', '.cache')
  mkdirSync(place, { recursive: true })
  const folder = mkdtempSync(join(place, 'hsb-twilio-bundle-'))
  const input = Object.fromEntries(
    sources.map((source) => [relative(folder, bundledPath(folder, source)), resolve(source)]),
  )
  const bundled = await rolldown({
    input,
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import'] },
    external: (name) => /^[@\w]/.test(name) && !carried.test(name),
    plugins: [ownPlaces],
  })
  await bundled.write({
    dir: folder,
    sourcemap: true,
    entryFileNames: '[name]',
    chunkFileNames: 'chunks/[name]-[hash].mjs',
  })
  await bundled.close()
  return folder
}
