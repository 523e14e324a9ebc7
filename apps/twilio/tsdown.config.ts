import { defineConfig } from 'tsdown'

// 500 files that a host would load one by one at each start; THIRD-PARTY.md has their licences.
const bundled = ['kysely', 'zod', /^libphonenumber-js/]

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      bin: 'src/bin.ts',
      nest: 'src/hosts/nest.ts',
      next: 'src/hosts/next.ts',
    },
    format: 'esm',
    platform: 'node',
    target: 'node22',
    dts: true,
    clean: true,
    fixedExtension: false,
    // The finished pages are written beside it afterwards.
    deps: { alwaysBundle: bundled, neverBundle: ['#admin-pages'] },
  },
  {
    // Built by itself: what it shares with the server must not lead a browser to the server's files.
    entry: ['src/client.ts'],
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    dts: true,
    clean: false,
    fixedExtension: false,
    deps: { alwaysBundle: bundled },
  },
])
