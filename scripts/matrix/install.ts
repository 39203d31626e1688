import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npm } from './npm.ts'

/**
 * Installs these packages into a folder of their own, unless it is there. Each is made beside its place and then moved there: what is
 * there is complete, also when two runs want it at once.
 *
 * @param anyPeer also what `peerDependencies` do not allow, which npm refuses
 * @returns the folder
 */
export async function install(
  parent: URL,
  name: string,
  dependencies: { readonly [name: string]: string },
  anyPeer = false,
): Promise<URL> {
  const folder = new URL(`${name}/`, parent)
  if (existsSync(folder)) return folder
  mkdirSync(parent, { recursive: true })
  const making = pathToFileURL(`${mkdtempSync(fileURLToPath(new URL('.making-', parent)))}/`)
  // The package `node` fetches its binary in a script.
  const manifest = { private: true, type: 'module', dependencies, allowScripts: { node: true } }
  writeFileSync(new URL('package.json', making), JSON.stringify(manifest, null, 2))
  try {
    await npm(['install', '--loglevel=error', '--no-audit', '--no-fund', ...(anyPeer ? ['--legacy-peer-deps'] : [])], making)
    renameSync(making, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
  return folder
}

const dayMs = 86_400_000

/** Removes what was installed for a package that was different, but not what another run may still be using. */
export function removeOld(parent: URL, current: string): void {
  for (const name of readdirSync(parent)) {
    const entry = new URL(name, parent)
    if (name !== current && Date.now() - statSync(entry).mtimeMs > dayMs) rmSync(entry, { recursive: true, force: true })
  }
}
