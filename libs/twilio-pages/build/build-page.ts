import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'

/** One file as a server sends it. */
export interface PageFile {
  /** Its Content-Type. */
  type: string
  body: string
}

/** Files by the name under which the page asks for them. */
export type PageFiles = Record<string, PageFile>

/**
 * Builds a page from a folder with `index.html`, `icon.svg`, `main.tsx` (becomes `app.js`) and
 * `page.css` (becomes `app.css`). Everything is small and stands by itself: no file asks for another
 * host.
 */
export async function buildPage(folder: URL): Promise<PageFiles> {
  const place = (name: string) => fileURLToPath(new URL(name, folder))
  const [html, icon, built] = await Promise.all([
    readFile(place('index.html'), 'utf8'),
    readFile(place('icon.svg'), 'utf8'),
    build({
      entryPoints: { app: place('main.tsx'), style: place('page.css') },
      outdir: place('.'),
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      target: ['chrome123', 'firefox120', 'safari17.5'],
      // Calls of `h` take children as arguments: less to load than objects that name them.
      tsconfigRaw: {
        compilerOptions: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Fragment' },
      },
      inject: [fileURLToPath(new URL('../src/jsx.ts', import.meta.url))],
      legalComments: 'none',
      logLevel: 'silent',
    }),
  ])
  await stop()
  const output = (ending: string) =>
    built.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
  return {
    'index.html': { type: 'text/html; charset=utf-8', body: html },
    'icon.svg': { type: 'image/svg+xml', body: icon },
    'app.js': { type: 'text/javascript; charset=utf-8', body: output('.js') },
    'app.css': { type: 'text/css; charset=utf-8', body: output('.css') },
  }
}
