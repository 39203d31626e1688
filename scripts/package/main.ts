// Packs what `npm run build` has made: .cache/packages/polypool.tgz and .cache/packages/polypool-cli.tgz, from folders beside them.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npm } from '../matrix/npm.ts'
import { root } from '../root.ts'
import { type Manifest, publishedManifest, readManifest } from './manifest.ts'

const packages = new URL('.cache/packages/', root)

rmSync(packages, { recursive: true, force: true })
const polypool = readManifest()
await pack(polypool, {
  built: (source) => ({ types: dist(source, '.d.ts'), default: dist(source, '.js') }),
  contents: (file) => new URL(file, root),
})
await pack(readManifest('cli/'), {
  built: (source) => source,
  contents: (file) => new URL({ dist: 'dist/cli/src', LICENSE: file }[file] ?? `cli/${file}`, root),
})

function dist(source: string, extension: string): string {
  return source.replace('./', './dist/').replace(/\.ts$/, extension)
}

async function pack(
  manifest: Manifest,
  options: { readonly built: (source: string) => object | string; readonly contents: (file: string) => URL },
): Promise<void> {
  const name = manifest.name.replace('@', '').replace('/', '-')
  const folder = new URL(`${name}/`, packages)
  mkdirSync(folder, { recursive: true })
  for (const file of new Set([...manifest.files, 'LICENSE']))
    cpSync(options.contents(file), new URL(file, folder), { recursive: true })
  if (manifest.name === 'polypool') rmSync(new URL('dist/cli', folder), { recursive: true })
  writeFileSync(new URL('package.json', folder), `${JSON.stringify(publishedManifest(manifest, options.built), null, 2)}\n`)
  await npm(['pack', '--silent', '--pack-destination', fileURLToPath(packages)], folder)
  renameSync(new URL(`${name}-${manifest.version}.tgz`, packages), new URL(`${name}.tgz`, packages))
}
