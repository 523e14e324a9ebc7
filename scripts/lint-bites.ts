import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

// A linter that finds nothing may be one that looks at nothing: each rule that carries the structure
// is broken on purpose once, and the linter has to say so.
const plants = [
  {
    rule: 'import/no-cycle',
    files: {
      'apps/twilio/src/domain/planted-a.ts':
        "import { b } from './planted-b.ts'\nexport const a: number = b\n",
      'apps/twilio/src/domain/planted-b.ts':
        "import { a } from './planted-a.ts'\nexport const b: number = a\n",
    },
  },
  {
    rule: 'import/no-cycle',
    files: {
      'libs/twilio-sms/src/planted-a.ts':
        "import type { B } from './planted-b.ts'\nexport interface A { b: B }\n",
      'libs/twilio-sms/src/planted-b.ts':
        "import type { A } from './planted-a.ts'\nexport interface B { a: A }\n",
    },
  },
  {
    rule: 'no-restricted-imports',
    files: {
      'apps/twilio/src/services/planted.ts':
        "import { createTwilioClient } from '@hsb/twilio-sms'\nexport const make = createTwilioClient\n",
    },
  },
  {
    rule: 'no-restricted-imports',
    files: {
      'apps/twilio/src/routes/planted.ts':
        "import type { Store } from '../storage/store.ts'\nexport type Planted = Store\n",
    },
  },
  {
    rule: 'no-restricted-imports',
    files: {
      'libs/twilio-simulator/src/planted.ts':
        "import { countSegments } from '@hsb/twilio-sms'\nexport const count = countSegments\n",
    },
  },
  {
    rule: 'no-restricted-properties',
    files: { 'apps/twilio/src/planted-environment.ts': 'export const planted = process.env\n' },
  },
  {
    rule: 'no-restricted-globals',
    files: {
      'apps/twilio/src/client/planted.ts': "export const planted = Buffer.from('x').length\n",
    },
  },
  {
    rule: 'no-floating-promises',
    files: {
      'apps/twilio/src/planted-promise.ts':
        'async function later(): Promise<void> {}\nexport function planted(): void {\n  later()\n}\n',
    },
  },
  {
    rule: 'max-lines',
    files: {
      'apps/twilio/src/planted-long.ts': `export const planted = 1\n${'// line\n'.repeat(301)}`,
    },
  },
]

// All at once, as most of what the linter does is to look at what is already there.
const all = plants.flatMap(({ files }) => Object.entries(files))
if (new Set(all.map(([path]) => path)).size < all.length) throw new Error('one file planted twice')
let output = ''
try {
  for (const [path, text] of all) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const args = ['--type-aware', '--deny-warnings', '--format', 'unix', ...all.map(([path]) => path)]
  output = spawnSync('node_modules/.bin/oxlint', args, { encoding: 'utf8' }).stdout
} finally {
  for (const [path] of all) rmSync(path, { force: true })
}

let missed = 0
const lines = output.split('\n')
for (const { rule, files } of plants) {
  const paths = Object.keys(files)
  const name = `(${rule.replace(/^.*\//, '')})`
  const bites = lines.some(
    (line) => line.includes(name) && paths.some((path) => line.startsWith(`${path}:`)),
  )
  console.log(`${bites ? 'bites' : 'MISSED'}: ${rule} in ${paths[0] ?? ''}`)
  if (!bites) missed++
}
process.exit(missed === 0 ? 0 : 1)
