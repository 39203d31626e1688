// Once for all of these tests: the SDKs, in the versions of their lock file.
import { globSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { installed } from '../installed.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with the SDKs, from which `polypool` leads to the sources. */
    readonly sdks: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = await installed('sdks', new URL('fixture/', import.meta.url))
  project.provide('sdks', folder)
  return () => {
    for (const run of globSync('run-*', { cwd: folder })) rmSync(path.join(folder, run), { recursive: true, force: true })
  }
}
