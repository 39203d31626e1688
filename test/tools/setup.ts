// Once for all of these tests: the tools, and the packed package as people would install it. They run where there is a Unix: on Windows a
// tool's command is another file.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TestProject } from 'vitest/node'
import { npm } from '../../scripts/matrix/npm.ts'
import { root } from '../../scripts/root.ts'
import { clientVersions, install } from './install.ts'
import { pack, type Tarballs } from './pack.ts'

/** Where things are that every file of these tests needs: made once, by setup.ts. */
interface Places {
  /** Holds node_modules with the tools of fixture/package.json. */
  readonly tools: string
  /** What people would install. */
  readonly tarballs: Tarballs
  /** A folder outside of the project, gone in the end. */
  readonly outside: string
  /** Outside of the project: polypool and nothing else. */
  readonly alone: string
  /** Outside of the project: polypool with every client. */
  readonly app: string
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly places: Places
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const outside = mkdtempSync(path.join(os.tmpdir(), 'polypool-tools-'))
  try {
    const [tools, tarballs] = await Promise.all([installTools(), pack(outside)])
    const polypool = { polypool: `file:${tarballs.polypool}` }
    const [alone, app] = await Promise.all([
      install(path.join(outside, 'alone'), polypool),
      install(path.join(outside, 'app'), { ...polypool, ...clientVersions() }),
    ])
    for (const folder of [alone, app]) {
      cpSync(new URL('programs', import.meta.url), path.join(folder, 'programs'), { recursive: true })
    }
    project.provide('places', { tools, tarballs, outside, alone, app })
  } catch (error) {
    rmSync(outside, { recursive: true, force: true })
    throw error
  }
  return () => rmSync(outside, { recursive: true, force: true })
}

/** The folder of the tools, which are installed once for each version of their lock file. */
async function installTools(): Promise<string> {
  const fixture = fileURLToPath(new URL('fixture/', import.meta.url))
  const lock = readFileSync(path.join(fixture, 'package-lock.json'))
  const cache = fileURLToPath(new URL('.cache/tools/', root))
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
