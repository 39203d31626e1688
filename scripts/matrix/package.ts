import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readManifest } from '../package/manifest.ts'
import { root } from '../root.ts'
import { npm } from './npm.ts'

/** The packed packages, in the folder where they are installed from. */
export interface Packed {
  /** Of what decides how the package works on the wire: its code, entry points and dependencies, and the conformance suite. */
  readonly hash: string
  /** Holds the tarballs, and the installations of them. */
  readonly folder: URL
  /** The tarballs, as dependencies. */
  readonly dependencies: { readonly [name: string]: string }
}

const tarballs = { polypool: 'polypool.tgz', '@polypool/cli': 'polypool-cli.tgz' }

/** Builds and packs what a user would get. */
export async function packPackages(installs: URL): Promise<Packed> {
  await npm(['run', '--silent', 'package'], root)
  const packages = new URL('.cache/packages/', root)
  const hash = contentHash([new URL('polypool/dist/', packages), new URL('polypool-cli/dist/conformance/', packages)])
  const folder = new URL(`${hash}/`, installs)
  mkdirSync(folder, { recursive: true })
  for (const file of Object.values(tarballs)) copyFileSync(new URL(file, packages), new URL(file, folder))
  const specs = Object.entries(tarballs).map(([name, file]) => [name, `file:${fileURLToPath(new URL(file, folder))}`])
  return { hash, folder, dependencies: Object.fromEntries(specs) }
}

function contentHash(folders: readonly URL[]): string {
  const { type, exports, dependencies } = readManifest()
  const hash = createHash('sha256').update(JSON.stringify({ type, exports, dependencies }))
  for (const folder of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const path of files.map(({ parentPath, name }) => `${parentPath}/${name}`).sort()) {
      hash
        .update(path.slice(fileURLToPath(folder).length))
        .update('\0')
        .update(readFileSync(path))
        .update('\0')
    }
  }
  return hash.digest('hex').slice(0, 16)
}
