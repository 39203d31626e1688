import { readFileSync } from 'node:fs'
import { root } from '../root.ts'
import { distName, entries } from './entries.mjs'

/** A package.json of this repository. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly files: readonly string[]
  readonly dependencies: { readonly [name: string]: string }
  readonly [field: string]: unknown
}

/** @param folder relative to the repository's, with a slash at its end */
export function readManifest(folder = ''): Manifest {
  return JSON.parse(readFileSync(new URL(`${folder}package.json`, root), 'utf8')) as Manifest
}

/** What both packages have in common, written in the one of polypool. */
const common = ['license', 'engines', 'peerDependencies', 'peerDependenciesMeta', 'homepage', 'bugs', 'repository', 'author']

/**
 * The fields of polypool's package.json that follow from its entries and from what the build makes of them.
 * @param effects files of `dist` that do something when they are evaluated
 */
export function derivedFields(effects: readonly string[]): object {
  const names = Object.entries(entries).map(([entry, source]) => [entry, distName(source)] as const)
  // What `moduleResolution: node10` reads, which knows no `exports`.
  const typesVersions = names
    .filter(([entry]) => entry !== '.')
    .map(([entry, name]) => [entry.slice(2), [`./dist/${name}.d.cts`]])
  return {
    sideEffects: effects.map((file) => `./dist/${file}`),
    main: './dist/index.cjs',
    types: './dist/index.d.cts',
    typesVersions: { '*': { ...Object.fromEntries(typesVersions), 'schema.json': ['./dist/schema.json'] } },
    exports: {
      ...Object.fromEntries(names.map(([entry, name]) => [entry, bothFormats(name)])),
      './schema.json': './dist/schema.json',
      './package.json': './package.json',
    },
  }
}

function bothFormats(name: string): object {
  return {
    import: { types: `./dist/${name}.d.mts`, default: `./dist/${name}.mjs` },
    require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
  }
}

/** The fields of the command line's package.json that are those of polypool. */
export function sharedFields(): object {
  const manifest = readManifest()
  const shared = common.filter((field) => field in manifest).map((field) => [field, manifest[field]])
  const { repository } = manifest
  return {
    ...Object.fromEntries(shared),
    ...(typeof repository === 'object' ? { repository: { ...repository, directory: 'cli' } } : {}),
  }
}
