/** What decides whether a version may be published. */
export interface Release {
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly changelog: string
  }[]
  /** The package.json of the root, where whoever publishes fills in what only they know. */
  readonly publisher: { readonly [field: string]: unknown }
  /** Names of the files in .changeset that are no longer to be there. */
  readonly pending: readonly string[]
}

/** Fields that only whoever publishes can know, with what to write. Both packages get them when they are packed. */
export const publisherFields: { readonly [field: string]: string } = {
  repository: '{ "type": "git", "url": "git+https://github.com/<owner>/<name>.git" }',
  homepage: '"https://github.com/<owner>/<name>#readme"',
  bugs: '"https://github.com/<owner>/<name>/issues"',
}

/** What is wrong with a release, each with what to do about it; none if it may be published. */
export function problemsOf({ packages, publisher, pending }: Release): string[] {
  const missing = Object.entries(publisherFields)
    .filter(([field]) => !publisher[field])
    .map(([field, example]) => `package.json of the root has no "${field}": write "${field}": ${example}`)
  const versions = [...new Set(packages.map(({ version }) => version))]
  const apart =
    versions.length > 1 ? [`the packages have different versions, ${versions.join(' and ')}: npm run release:version`] : []
  const untold = packages
    .filter(({ version, changelog }) => !changelog.split('\n').includes(`## ${version}`))
    .map(({ name, version }) => `the changelog of ${name} says nothing of ${version}: npm run release:version`)
  const left =
    pending.length > 0 ? [`changes without a version, .changeset/${pending.join(', .changeset/')}: npm run release:version`] : []
  return [...missing, ...apart, ...untold, ...left]
}
