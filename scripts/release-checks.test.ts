import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refusalsOf } from './release-checks.ts'

const repository = { url: 'git+https://example.com/shop/hsb-twilio.git' }
const ready = {
  tag: 'v1.2.3',
  manifests: ['a', 'b'].map((name) => ({ name, version: '1.2.3', repository })),
  changelog: '# Changelog\n\n## [1.2.3] – 2026-11-22\n\n### Added\n',
  pending: [],
}

describe('what is about to be published', () => {
  it('may go out where everything says the same version', () => {
    assert.deepEqual(refusalsOf(ready), [])
  })

  it('stays where something does not fit', () => {
    const [first = ready.manifests[0], second] = ready.manifests
    assert.ok(first && second)
    const cases = [
      { ...ready, tag: '1.2.3' },
      { ...ready, tag: 'v1.2.4' },
      { ...ready, manifests: [first, { ...second, version: '1.2.2' }] },
      { ...ready, manifests: [first, { name: 'b', version: '1.2.3' }] },
      { ...ready, changelog: ready.changelog.replace('2026-11-22', 'unreleased') },
      { ...ready, changelog: ready.changelog.replace('1.2.3', '1.2.2') },
      { ...ready, pending: ['brave-lions-sing.md'] },
    ]
    for (const one of cases) assert.notDeepEqual(refusalsOf(one), [], JSON.stringify(one))
  })
})
