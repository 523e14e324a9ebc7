/** What of a manifest a release looks at. */
export interface Manifest {
  name: string
  version: string
  repository?: { url?: string | undefined; directory?: string | undefined } | undefined
}

/** Everything that stands against publishing this tag; nothing where it may go out. */
export function refusalsOf(release: {
  tag: string
  manifests: readonly Manifest[]
  /** The text of CHANGELOG.md. */
  changelog: string
  /** Changesets that no version has taken up yet. */
  pending: readonly string[]
}): string[] {
  const { tag, manifests, changelog, pending } = release
  const refusals = pending.map((name) => `${name} is in no version: npm run release:version`)
  for (const { name, version, repository } of manifests) {
    if (tag !== `v${version}`) refusals.push(`${name} is ${version}, the tag is ${tag}`)
    // npm compares it with where the provenance says that the package was built.
    if (repository?.url === undefined) refusals.push(`${name} names no repository`)
  }
  const version = tag.slice(1)
  const heads = [...changelog.matchAll(/^## \[([^\]]+)\] – (.+)$/gm)]
  const head = heads.find(([, one]) => one === version)
  if (!/^\d{4}-\d\d-\d\d$/.test(head?.[2] ?? '')) {
    refusals.push(`CHANGELOG.md has no "## [${version}] – " with the day of the release`)
  }
  return refusals
}
