// Packs what `npm run build` has made: .cache/packages/polypool.tgz and .cache/packages/polypool-cli.tgz, from folders beside them.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npm } from '../matrix/npm.ts'
import { root } from '../root.ts'
import { effectful, filesWithEffects } from './effects.ts'
import { distName, type Manifest, publishedCliManifest, publishedManifest, readManifest } from './manifest.ts'

const packages = new URL('.cache/packages/', root)

rmSync(packages, { recursive: true, force: true })
const effects = filesWithEffects(new URL('dist/', root), effectful.map(distName))
// Its licence asks for that where a part of it is taken in.
cpSync(new URL('node_modules/valibot/LICENSE.md', root), new URL('dist/valibot.LICENSE.md', root))
await pack(readManifest(), publishedManifest({ effects }), (file) => file)
await pack(readManifest('cli/'), publishedCliManifest(), (file) => (file === 'LICENSE' ? file : `cli/${file}`))

/** @param sourceOf where a file of the package comes from */
async function pack({ name, version, files }: Manifest, manifest: object, sourceOf: (file: string) => string): Promise<void> {
  const fileName = name.replace('@', '').replace('/', '-')
  const folder = new URL(`${fileName}/`, packages)
  mkdirSync(folder, { recursive: true })
  for (const file of new Set([...files, 'LICENSE']))
    cpSync(new URL(sourceOf(file), root), new URL(file, folder), { recursive: true })
  writeFileSync(new URL('package.json', folder), `${JSON.stringify(manifest, null, 2)}\n`)
  await npm(['pack', '--silent', '--pack-destination', fileURLToPath(packages)], folder)
  renameSync(new URL(`${fileName}-${version}.tgz`, packages), new URL(`${fileName}.tgz`, packages))
}
