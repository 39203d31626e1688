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

/** What both packages have in common, written once in the one of polypool. */
const common = ['license', 'engines', 'peerDependencies', 'peerDependenciesMeta', 'repository', 'homepage', 'bugs', 'author']

/** What the build makes of a source is called, without folder and extension. */
export function distName(source: string): string {
  const [, name = ''] = /([^/]+?)(?:(?<!src)\/index)?\.ts$/.exec(source) ?? []
  return name
}

/** What is true of the build of a package. */
interface Built {
  /** Files of its `dist` that `sideEffects` names. */
  readonly effects: readonly string[]
}

/**
 * The package.json of polypool that is published: `exports` names what the build has made of the sources, so that no file is named which the package
 * does not have. The repository's own could not: without a build its files are not there either.
 */
export function publishedManifest({ effects }: Built): object {
  const manifest = readManifest()
  const entries = Object.entries(manifest.exports).filter(([, file]) => file.endsWith('.ts'))
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([name, file]) => [name, file.endsWith('.ts') ? bothFormats(distName(file)) : file]),
  )
  // What `moduleResolution: node10` reads, which knows no `exports`.
  const typesVersions = Object.fromEntries(
    entries.filter(([name]) => name !== '.').map(([name, file]) => [name.slice(2), [`./dist/${distName(file)}.d.cts`]]),
  )
  return {
    ...published(manifest),
    sideEffects: effects.map((file) => `./dist/${file}`),
    main: './dist/index.cjs',
    types: './dist/index.d.cts',
    typesVersions: { '*': { ...typesVersions, 'schema.json': [manifest.exports['./schema.json']] } },
    exports,
  }
}

function bothFormats(name: string): object {
  return {
    import: { types: `./dist/${name}.d.mts`, default: `./dist/${name}.mjs` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  }
}

/** The same of the command line, which is nothing but a program. */
export function publishedCliManifest(): object {
  const [from, manifest] = [readManifest(), readManifest('cli/')]
  const shared = common.filter((field) => field in from).map((field) => [field, from[field]])
  const { repository } = from
  const bin = Object.entries(manifest.bin ?? {}).map(([name, file]) => [
    name,
    file.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js'),
  ])
  return {
    ...published(manifest),
    bin: Object.fromEntries(bin),
    ...Object.fromEntries(shared),
    ...(typeof repository === 'object' ? { repository: { ...repository, directory: 'cli' } } : {}),
  }
}

function published(manifest: Manifest): object {
  return Object.fromEntries(Object.entries(manifest).filter(([field]) => !own.includes(field)))
}
