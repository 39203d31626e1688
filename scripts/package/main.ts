// Packs what `npm run build` has made: .cache/packages/polypool.tgz and .cache/packages/polypool-cli.tgz.
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npm } from '../matrix/npm.ts'
import { root } from '../root.ts'
import { readManifest } from './manifest.ts'

const packages = new URL('.cache/packages/', root)

rmSync(packages, { recursive: true, force: true })
mkdirSync(packages, { recursive: true })
for (const folder of ['', 'cli/']) {
  const { name, version } = readManifest(folder)
  const fileName = name.replace('@', '').replace('/', '-')
  // For those who compare builds.
  cpSync(new URL(`${folder}dist/`, root), new URL(`${fileName}/dist/`, packages), { recursive: true })
  // There is a build: npm would make it again for each of the two.
  const flags = ['--silent', '--ignore-scripts', '--pack-destination', fileURLToPath(packages)]
  await npm(['pack', ...flags], new URL(folder, root))
  renameSync(new URL(`${fileName}-${version}.tgz`, packages), new URL(`${fileName}.tgz`, packages))
}
