import { readFileSync } from 'node:fs'
import { root } from '../root.ts'

interface Strings {
  readonly [name: string]: string
}

/** A package.json of this repository. Its `exports` and `bin` name sources. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly files: readonly string[]
  readonly exports: Strings
  readonly dependencies: Strings
  readonly bin?: Strings
  readonly [field: string]: unknown
}

/** @param folder relative to the repository's, with a slash at its end */
export function readManifest(folder = ''): Manifest {
  return JSON.parse(readFileSync(new URL(`${folder}package.json`, root), 'utf8')) as Manifest
}

/** What is for this repository alone. */
const own = ['scripts', 'devDependencies', 'workspaces', 'allowScripts']

/** What both packages have in common, written once in the one of the root. */
const common = ['license', 'engines', 'peerDependencies', 'peerDependenciesMeta', 'repository', 'homepage', 'bugs', 'author']

/**
 * The package.json that is published: `exports` and `bin` name what the build has made of the sources, so that no file is named which the
 * package does not have. The repository's own could not: without a build its files are not there either.
 *
 * @param built where the build of a source lies, relative to the package's folder
 */
export function publishedManifest(manifest: Manifest, built: (source: string) => object | string): object {
  const from = readManifest()
  const shared = common.filter((field) => field in from).map((field) => [field, from[field]])
  const { repository } = from
  const within =
    manifest.name === from.name || typeof repository !== 'object' ? {} : { repository: { ...repository, directory: 'cli' } }
  const exports = Object.entries(manifest.exports).map(([name, file]) => [name, /\.ts$/.test(file) ? built(file) : file])
  const bin = Object.entries(manifest.bin ?? {}).map(([name, file]) => [
    name,
    file.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js'),
  ])
  return {
    ...Object.fromEntries(Object.entries(manifest).filter(([field]) => !own.includes(field))),
    exports: Object.fromEntries(exports),
    ...(bin.length > 0 ? { bin: Object.fromEntries(bin) } : {}),
    ...Object.fromEntries(shared),
    ...within,
  }
}
