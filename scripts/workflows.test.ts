import { validateWorkflow } from '@action-validator/core'
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import app from '../apps/twilio/package.json' with { type: 'json' }

const folder = new URL('../.github/workflows/', import.meta.url)

interface Workflow {
  permissions?: Record<string, string>
  jobs: Record<string, Job>
}

interface Job {
  'timeout-minutes'?: number
  environment?: string
  permissions?: Record<string, string>
  strategy?: { matrix: { node: string[] } }
  steps: { uses?: string; run?: string; with?: Record<string, unknown> }[]
}

const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  return { name, text, workflow: parse(text) as Workflow }
})

for (const { name, text, workflow } of workflows) {
  const jobs = Object.values(workflow.jobs)
  describe(`the workflow ${name}`, () => {
    it('is one', () => {
      assert.deepEqual(validateWorkflow(text).errors, [])
    })

    it('takes actions by their commit, and says which version that is', () => {
      const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action)
      assert.ok(uses.length > 0)
      for (const one of uses) assert.match(one, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    })

    it('may read the code and nothing else, holds no secret, and ends', () => {
      assert.deepEqual(workflow.permissions, { contents: 'read' })
      assert.doesNotMatch(text, /\bsecrets\./)
      for (const job of jobs) assert.ok((job['timeout-minutes'] ?? 0) > 0)
    })

    it('puts nothing of the event into a script', () => {
      for (const { run } of jobs.flatMap((job) => job.steps))
        assert.doesNotMatch(run ?? '', /\$\{\{/)
    })

    it('runs on the Node that we develop on', () => {
      const versions = jobs
        .flatMap((job) => job.steps)
        .flatMap((step) => (step.uses?.includes('setup-node') ? [step.with?.['node-version']] : []))
      assert.deepEqual([...new Set(versions)], [manifest.devDependencies.node])
    })
  })
}

describe('the check of every change', () => {
  it('covers the oldest Node that is supported, and the pinned one', () => {
    const matrix = workflows.find(({ name }) => name === 'ci.yml')?.workflow.jobs['check']?.strategy
    const nodes = matrix?.matrix.node ?? []
    assert.equal(`>=${nodes[0] ?? ''}`, app.engines.node)
    assert.equal(nodes[1], manifest.devDependencies.node)
  })
})

describe('the release', () => {
  const jobs = workflows.find(({ name }) => name === 'release.yml')?.workflow.jobs ?? {}

  it('is trusted by npm only after a person has agreed', () => {
    for (const [name, { permissions, environment }] of Object.entries(jobs)) {
      const trusted = permissions?.['id-token'] === 'write'
      assert.equal(trusted, name === 'stage')
      assert.equal(environment, trusted ? 'npm' : undefined)
    }
  })

  it('runs no code of a dependency where npm trusts it', () => {
    const scripts = jobs['stage']?.steps.flatMap(({ run }) => run ?? []) ?? []
    for (const script of scripts) assert.doesNotMatch(script, /npm (?:ci|i|install|run|exec)|npx/)
  })
})
