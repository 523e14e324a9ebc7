import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endByReports, pack, packages, report } from './packages.ts'

// What a user gets: the packed packages are installed in an empty project, without any install
// script. How much comes with them is counted, a user's programs are type-checked by each TypeScript
// that is in use, from a front end that has no Node and from a server, and they run. Build first.
const compilers = { 'ts-5.9': '5.9.3', 'ts-6': '6.0.3', 'ts-7': '7.0.2' }
const programs = ['page.ts', 'server.ts', 'smoke.ts', 'phones.ts']

const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: false,
}
const projects = {
  'page by a bundler': {
    files: ['page.ts'],
    compilerOptions: {
      ...strict,
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2022', 'dom'],
      types: [],
    },
  },
  'server by a bundler': {
    files: ['server.ts', 'smoke.ts'],
    compilerOptions: {
      ...strict,
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023'],
      types: ['node'],
    },
  },
  'server by Node': {
    files: programs,
    compilerOptions: {
      ...strict,
      module: 'nodenext',
      moduleResolution: 'nodenext',
      lib: ['es2023'],
      types: ['node'],
    },
  },
}

// What a host brings along has types of its own making: they are its business.
const withHosts = {
  files: ['hosts.ts'],
  compilerOptions: { ...projects['server by Node'].compilerOptions, skipLibCheck: true },
}
const frameworks = ['@nestjs/common@12.5.1', '@nestjs/core@12.5.1', 'fastify@5.12.8']
const theirPeers = ['reflect-metadata@0.2.2', 'rxjs@7.8.2']

const folder = mkdtempSync(join(tmpdir(), 'hsb-consumer-'))

function npm(...args: string[]): void {
  // What the cache holds is by exact version: nobody has to be asked whether it still holds.
  execFileSync(
    'npm',
    [...args, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
}

interface Lock {
  packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
}

/** How much comes with the app, and whether it would run something at its installation. */
function countWhatCame(): void {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lock
  const came = Object.entries(lock.packages).filter(([path, one]) => path !== '' && !one.dev)
  const total = came.length - 1 // what the app brings, without itself
  report(total <= 40, `${total} packages come with the app, 40 at most`)
  const scripts = came.filter(([, one]) => one.hasInstallScript).map(([path]) => path)
  report(scripts.length === 0, 'none of them runs an install script', scripts.join('\n'))
  const app = join(folder, 'node_modules/@hsb/twilio/package.json')
  const manifest = JSON.parse(readFileSync(app, 'utf8')) as { dependencies: object }
  const direct = Object.keys(manifest.dependencies).length
  report(direct <= 10, `${direct} of them are its own, 10 at most`)
}

function run(program: string, expected: string): void {
  const ran = spawnSync(process.execPath, [program], { cwd: folder, encoding: 'utf8' })
  report(ran.stdout === expected, `${program} runs`, ran.stdout + ran.stderr)
}

/** Type-checks what a user would, by each compiler. */
function check(project: string, config: object): void {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  for (const [compiler, version] of Object.entries(compilers)) {
    const tsc = join(folder, 'node_modules', compiler, 'bin', 'tsc')
    const checked = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    const what = `${project}, TypeScript ${version}`
    report(checked.status === 0, what, checked.stdout + checked.stderr)
  }
}

try {
  const packed = packages.map((path) => pack(path, folder))
  const typescripts = Object.entries(compilers).map(([name, version]) => {
    return [name, `npm:typescript@${version}`] as const
  })
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`])),
    devDependencies: { ...Object.fromEntries(typescripts), '@types/node': '24.19.2' },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  npm('install')
  countWhatCame()
  for (const name of [...programs, 'hosts.ts']) {
    copyFileSync(join('scripts/consumer', name), join(folder, name))
  }
  for (const [project, config] of Object.entries(projects)) check(project, config)
  npm('prune', '--omit=dev')
  run('server.ts', 'accepted QUEUED\n')
  run('smoke.ts', `DELIVERED approved\n1\n${'200 true\n'.repeat(3)}`)
  run('phones.ts', '200 true\n'.repeat(4))
  npm('install', ...frameworks, ...theirPeers)
  check('Fastify, Nest and Next by Node', withHosts)
  run('hosts.ts', '200 200 accepted\n')
} finally {
  rmSync(folder, { recursive: true })
}
endByReports()
