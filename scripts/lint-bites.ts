import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'

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
    files: { 'apps/twilio/src/planted.ts': 'export const planted = process.env\n' },
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
      'apps/twilio/src/planted.ts':
        'async function later(): Promise<void> {}\nexport function planted(): void {\n  later()\n}\n',
    },
  },
  {
    rule: 'max-lines',
    files: { 'apps/twilio/src/planted.ts': `export const planted = 1\n${'// line\n'.repeat(301)}` },
  },
]

let missed = 0
for (const { rule, files } of plants) {
  const paths = Object.keys(files)
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(path.replace(/\/[^/]+$/, ''), { recursive: true })
      writeFileSync(path, text)
    }
    const run = spawnSync(
      'node_modules/.bin/oxlint',
      ['--type-aware', '--deny-warnings', ...paths],
      {
        encoding: 'utf8',
      },
    )
    const bites = run.status !== 0 && run.stdout.includes(rule.replace(/^.*\//, ''))
    console.log(`${bites ? 'bites' : 'MISSED'}: ${rule} in ${paths[0] ?? ''}`)
    if (!bites) missed++
  } finally {
    for (const path of paths) rmSync(path, { force: true })
  }
}
process.exit(missed === 0 ? 0 : 1)
