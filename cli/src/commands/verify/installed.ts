import { readFileSync, realpathSync } from 'node:fs'
import * as nodeModule from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ClientName, clientNames, clients } from 'polypool/internal'
import { Misuse } from '../../io.ts'
import { polypoolFile } from '../../version.ts'

/** The package behind a client; null for what Node has built in. The platform's fetch runs on undici's connections. */
const packageOf = (client: ClientName) => clients[client].support.peer?.name ?? null

export interface Installed {
  readonly client: ClientName
  /** Null for what Node has built in. */
  readonly package: string | null
  readonly version: string
}

/** What a project has of the clients, in the versions it would import. */
export function installedClients(cwd: string): { found: Installed[]; missing: ClientName[] } {
  const found: Installed[] = []
  const missing: ClientName[] = []
  for (const client of clientNames) {
    const name = packageOf(client)
    const version = name === null ? process.versions.node : versionOf(folderOf(name, path.join(cwd, 'index.js')))
    if (version === undefined) missing.push(client)
    else found.push({ client, package: name, version })
  }
  return { found, missing }
}

/**
 * Makes polypool, here and in processes started from here, import clients as the project does. Where the command is installed in the
 * project that is so anyway; it is not for one that was started by npx or is installed globally.
 */
export async function importClientsFrom(cwd: string): Promise<void> {
  const project = path.join(cwd, 'index.js')
  const names = [...new Set(clientNames.map(packageOf))].filter((name) => name !== null)
  // The adapters import a client from their package, the conformance suite from this one.
  const own = [import.meta.filename, fileURLToPath(polypoolFile('package.json'))]
  const same = names.every((name) => {
    const there = folderOf(name, project)
    return there === undefined || own.every((file) => there === folderOf(name, file))
  })
  if (same) return
  // Node 20 can't redirect `require`.
  if (typeof nodeModule.registerHooks !== 'function') {
    throw new Misuse(
      'this @polypool/cli is not the one of the project: install it there (npm install --save-dev @polypool/cli), or use Node 22.15 or newer',
    )
  }
  const hook = new URL(`./client-hook${path.extname(import.meta.filename)}`, import.meta.url)
  hook.search = new URLSearchParams({ project, packages: names.join() }).toString()
  await import(hook.href)
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${hook.href}`.trim()
}

/** The real folder of a package, as seen from a file; whatever its `exports` allow. */
function folderOf(name: string, from: string): string | undefined {
  for (const folder of nodeModule.createRequire(from).resolve.paths(name) ?? []) {
    try {
      return path.dirname(realpathSync(path.join(folder, name, 'package.json')))
    } catch {
      // Not in this one: on to the next above.
    }
  }
  return undefined
}

function versionOf(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  try {
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
