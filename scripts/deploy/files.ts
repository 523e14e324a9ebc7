import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse, parseAllDocuments } from 'yaml'

/** Where the files of an installation stand. */
export const deployFolder: string = fileURLToPath(new URL('../../deploy/', import.meta.url))

/** The text of one of them. */
export function readDeploy(path: string): string {
  return readFileSync(`${deployFolder}${path}`, 'utf8')
}

/** One line of a Dockerfile, with what it goes on with. */
export interface Instruction {
  word: string
  rest: string
}

/** The lines of the Dockerfile, without its comments. */
export function readDockerfile(): Instruction[] {
  return readDeploy('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
      return { word, rest }
    })
}

/** The words of an instruction in its JSON form, such as CMD and HEALTHCHECK have. */
export function wordsOf(word: string): string[] {
  const rest = readDockerfile().findLast((one) => one.word === word)?.rest ?? ''
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/** A service of compose.yaml. */
export interface Service {
  command?: string[]
  image?: string
  user?: string
  init?: boolean
  privileged?: boolean
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  ports?: string[]
  environment?: Record<string, string>
  deploy?: { replicas: number }
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  stop_grace_period?: string
}

/** compose.yaml with its anchors filled in. */
export function readCompose(): { services: Record<string, Service>; volumes: object } {
  return parse(readDeploy('compose.yaml'), { merge: true }) as ReturnType<typeof readCompose>
}

/** One object for Kubernetes. */
export interface Manifest {
  file: string
  apiVersion: string
  kind: string
  metadata: { name: string }
  spec?: {
    replicas?: number
    minAvailable?: number
    selector?: { matchLabels?: object }
    template?: { metadata: { labels: object }; spec: PodSpec }
  }
}

/** What a manifest says of its processes. */
export interface PodSpec {
  automountServiceAccountToken?: boolean
  terminationGracePeriodSeconds?: number
  securityContext?: { runAsNonRoot?: boolean }
  containers: Container[]
}

interface Container {
  name: string
  image: string
  args: string[]
  ports?: { name: string; containerPort: number }[]
  livenessProbe?: { httpGet: { path: string; port: string } }
  readinessProbe?: { httpGet: { path: string; port: string } }
  resources?: { requests?: object; limits?: { memory?: string } }
  securityContext?: Record<string, unknown>
}

/** Everything below deploy/kubernetes. */
export function readManifests(): Manifest[] {
  return readdirSync(`${deployFolder}kubernetes`).flatMap((file) =>
    parseAllDocuments(readDeploy(`kubernetes/${file}`)).map((document) => {
      if (document.errors.length > 0) throw new Error(`${file}: ${String(document.errors[0])}`)
      return { file, ...(document.toJS() as Omit<Manifest, 'file'>) }
    }),
  )
}

/** The names of the units of systemd. */
export function unitNames(): string[] {
  return readdirSync(`${deployFolder}systemd`)
}

/** The settings of a unit; one that stands there twice has both values, a space between. */
export function readUnit(name: string): Map<string, string> {
  const unit = new Map<string, string>()
  for (const line of readDeploy(`systemd/${name}`).split('\n')) {
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (key !== undefined) unit.set(key, [unit.get(key) ?? [], value].flat().join(' '))
  }
  return unit
}
