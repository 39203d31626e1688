// Packs what `npm run build` has made: .cache/packages/polypool.tgz and .cache/packages/polypool-cli.tgz.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npm } from '../matrix/npm.ts'
import { root } from '../root.ts'
import { type Manifest, readManifest } from './manifest.ts'

const packages = new URL('.cache/packages/', root)

rmSync(packages, { recursive: true, force: true })
mkdirSync(packages, { recursive: true })
for (const folder of ['', 'cli/']) {
  const manifest = readManifest(folder)
  const { name, version } = manifest
  const fileName = name.replace('@', '').replace('/', '-')
  const staged = stage(new URL(folder, root), manifest, new URL(`${fileName}/`, packages))
  await npm(['pack', '--silent', '--pack-destination', fileURLToPath(packages)], staged)
  renameSync(new URL(`${fileName}-${version}.tgz`, packages), new URL(`${fileName}.tgz`, packages))
}

/**
 * Copies what a package has to a folder of its own, without the fields that only the repository needs: whoever installs a package with a
 * script such as `prepare` is warned of it. The folder stays, for those who compare builds.
 */
function stage(from: URL, { scripts, devDependencies, workspaces, ...manifest }: Manifest, to: URL): URL {
  const [left, taken] = [
    manifest.files.filter((file) => file.startsWith('!')),
    manifest.files.filter((file) => !file.startsWith('!')),
  ]
  const without = new Set(left.map((file) => fileURLToPath(new URL(file.slice(1), from))))
  for (const file of new Set([...taken, 'LICENSE'])) {
    const filter = (source: string) => !without.has(source)
    cpSync(fileURLToPath(new URL(file, from)), fileURLToPath(new URL(file, to)), { recursive: true, filter })
  }
  writeFileSync(new URL('package.json', to), `${JSON.stringify(manifest, null, 2)}\n`)
  return to
}
