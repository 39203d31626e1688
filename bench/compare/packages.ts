import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npm } from '../../scripts/matrix/npm.ts'
import { root } from '../../scripts/root.ts'

const manifests = new URL('packages/', import.meta.url)
const cache = new URL('.cache/compare/', root)

/** A folder for what this lock has: another lock is another folder. */
function folder(): URL {
  const hash = createHash('sha256')
    .update(readFileSync(new URL('package-lock.json', manifests)))
    .digest('hex')
    .slice(0, 16)
  return new URL(`${hash}/`, cache)
}

/** Installs what is compared with, by its own lock and beside the project, unless it is there. */
export async function installPackages(): Promise<void> {
  const place = folder()
  if (existsSync(place)) return
  mkdirSync(cache, { recursive: true })
  // Made beside its place and moved there: what is there is complete, also when two runs want it at once.
  const making = pathToFileURL(`${mkdtempSync(fileURLToPath(new URL('.making-', cache)))}/`)
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(new URL(name, manifests), new URL(name, making))
  try {
    await npm(['ci', '--ignore-scripts', '--prefer-offline', '--loglevel=error', '--no-audit', '--no-fund'], making)
    renameSync(making, place)
  } catch (error) {
    if (!existsSync(place)) throw error
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

/** One of them, as its users get it. The caller says what it needs of it. */
export function installed<T>(name: string): T {
  return createRequire(new URL('package.json', folder()))(name) as T
}

/** Versions of what is compared with: those of this lock, and the project's own of the clients. */
export function versions(): { readonly [name: string]: string } {
  const { dependencies } = read(new URL('package.json', manifests)) as { dependencies: { [name: string]: string } }
  const own = ['undici', 'agentkeepalive'].map((name) => {
    const { version } = read(new URL(`node_modules/${name}/package.json`, root)) as { version: string }
    return [name, version]
  })
  return { ...Object.fromEntries(own), ...dependencies }
}

function read(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
