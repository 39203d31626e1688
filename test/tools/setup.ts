// Once for all of these tests: the tools, and the packed package as people would install it. They run where there is a Unix: on Windows a
// tool's command is another file.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { installed } from '../installed.ts'
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
    const [tools, tarballs] = await Promise.all([installed('tools', new URL('fixture/', import.meta.url)), pack(outside)])
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
