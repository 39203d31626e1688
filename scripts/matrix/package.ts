import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { root } from '../root.ts'
import { npm } from './npm.ts'

/** The packed package, in the folder where it is installed from. */
export interface Packed {
  /** Of what decides how the package works on the wire: its code but for the command line, entry points and dependencies. */
  readonly hash: string
  /** Holds `polypool.tgz`, and the installations of it. */
  readonly folder: URL
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

/** Builds and packs what a user would get. */
export async function packPackage(installs: URL): Promise<Packed> {
  mkdirSync(installs, { recursive: true })
  await npm(['pack', '--silent', '--pack-destination', fileURLToPath(installs)], root)
  const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as Manifest
  const hash = contentHash(manifest)
  const folder = new URL(`${hash}/`, installs)
  mkdirSync(folder, { recursive: true })
  renameSync(new URL(`${manifest.name}-${manifest.version}.tgz`, installs), new URL('polypool.tgz', folder))
  return { hash, folder }
}

/** What the suite never loads. */
const aside = /\/src\/(?:cli|dialects|files)\//

function contentHash({ type, exports, dependencies }: Manifest): string {
  const hash = createHash('sha256').update(JSON.stringify({ type, exports, dependencies }))
  const dist = new URL('dist/', root)
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => `${parentPath}/${name}`)
  for (const path of paths.filter((one) => !aside.test(one)).sort()) {
    hash
      .update(path.slice(fileURLToPath(dist).length))
      .update('\0')
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}
