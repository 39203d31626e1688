// Packages that only tests of one kind need, too large for everybody who installs the project: they have a lock file of their own.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { npm } from '../scripts/matrix/npm.ts'
import { root } from '../scripts/root.ts'

/**
 * Installs what a folder's lock file says, once for each version of that file, and copies what else is in the folder beside it.
 *
 * @param name of the folder in `.cache`
 * @param fixture has package.json and package-lock.json
 * @returns the folder that holds node_modules
 */
export async function installed(name: string, fixture: URL): Promise<string> {
  const lock = readFileSync(new URL('package-lock.json', fixture))
  const cache = fileURLToPath(new URL(`.cache/${name}/`, root))
  const folder = path.join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16))
  if (!existsSync(folder)) {
    rmSync(cache, { recursive: true, force: true })
    mkdirSync(cache, { recursive: true })
    // Made beside its place and moved there: what is there is complete.
    const making = mkdtempSync(path.join(cache, '.making-'))
    cpSync(fixture, making, { recursive: true })
    await npm(['ci', '--loglevel=error', '--prefer-offline', '--no-audit', '--no-fund'], pathToFileURL(`${making}/`))
    renameSync(making, folder)
  }
  // Their settings find them from there.
  cpSync(fixture, folder, { recursive: true })
  return folder
}
